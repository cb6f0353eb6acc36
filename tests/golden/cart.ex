defmodule Shop.Cart do
  @moduledoc """
  A cart is a process.
  """

  use GenServer, restart: :transient
  import Ecto.Query, only: [from: 2]
  alias Shop.{Item, Price}
  alias Shop.Tax.Rules, as: Tax
  require Logger

  @behaviour Shop.Store
  @timeout 5_000
  @enforce_keys [:owner]
  defstruct [:owner, items: [], total: 0]

  @type t :: %__MODULE__{owner: String.t(), items: [Item.t()]}
  @typep id(kind) :: {kind, integer()}
  @callback total(t()) :: Price.t()

  # Starts one.
  def start_link(opts \\ []) do
    name = Keyword.get(opts, :name, __MODULE__)
    GenServer.start_link(__MODULE__, opts, name: name)
  end

  @doc """
  Adds an item.

  Twice is fine.

      iex> add(cart, item)
  """
  @spec add(t(), Item.t()) ::
          {:ok, t()}
  @impl true
  def add(%__MODULE__{items: items} = cart, %Item{price: price} = item) when price > 0 and is_list(items) do
    total = items |> Enum.map(& &1.price) |> Enum.sum() |> Tax.apply_to(price)
    cart = %{cart | items: [item | items], total: total}
    Logger.debug("added #{inspect(item)} to #{cart.owner}")
    {:ok, cart}
  end

  def add(_cart, item), do: {:error, {:free, item}}

  @doc "Whether nothing is in it."
  def empty?(%{items: []}), do: true
  def empty?(_), do: false

  defp checkout!(cart, opts) do
    with {:ok, account} <- fetch_account(cart.owner),
         total when total > 0 <- cart.total,
         :ok <- charge(account, total) do
      account
    else
      {:error, reason} -> raise ArgumentError, message: reason
      _ -> nil
    end

    result =
      case opts[:mode] do
        :fast -> Enum.each(cart.items, &Item.send/1)
        mode when mode in [:slow, :late] -> mode
      end

    try do
      send_all(result)
    rescue
      e in RuntimeError -> Logger.error(e.message)
    after
      :done
    end

    for item <- cart.items, item.price > @timeout, into: %{}, do: {item.id, fn x, y -> x + y + total() end}
  end

  @impl GenServer
  def handle_call({:get, key}, _from, state), do: {:reply, Map.get(state, key), state}

  def handle_call(:stop, from, state) do
    GenServer.reply(from, :ok)
    if state == %{}, do: exit(:normal)
    {:stop, :normal, state}
  end

  defmacro deflogged(name, do: block) do
    quote do
      def unquote(name)(), do: unquote(block)
    end
  end

  defguardp is_key(k) when is_atom(k)
  defdelegate size(map), to: Map
  def left <~> right, do: {left, right}

  defmodule Error do
    defexception message: "broken", code: 1
  end
end

defprotocol Shop.Priced do
  @doc "What it costs."
  def price(thing)
end

defimpl Shop.Priced, for: Shop.Item do
  def price(item), do: item.price |> round
end

defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  describe "add" do
    test "adds", %{cart: cart} do
      assert {:ok, found} = Shop.Cart.add(cart, %Shop.Item{})
      refute Shop.Cart.empty?(found)
    end
  end
end
