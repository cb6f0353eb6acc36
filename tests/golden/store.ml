(** A store of things, in memory. *)

open Printf
open! Lwt.Infix
module Log = Logs.Make (struct let name = "store" end)
module StringMap = Map.Make (String)
include Base

(** What can go wrong.

    Rarely. *)
exception Missing of string
exception Full = Other.Full

type 'a t = {
  mutable items : 'a StringMap.t;  (* by name *)
  limit : int;
}

and 'a entry = Value of 'a | Link of string | Gone

type shape = [ `Circle of float | `Square ]
type id = int

let default_limit = 64
let low, high = (1, 2)
let counter = ref 0

(** Makes a store. *)
let create ?(limit = default_limit) ~name () : 'a t =
  Log.info (fun m -> m "creating %s" name);
  { items = StringMap.empty; limit }

(* Looks one up. *)
let rec find (store : 'a t) key =
  let items = store.items in
  let key = String.trim key in
  match StringMap.find_opt key items with
  | Some (Value v) -> v
  | Some (Link other) when other <> key -> find store other
  | Some Gone | None -> raise (Missing key)
  | exception Not_found -> failwith "bad"

and find_opt store key = try Some (find store key) with Missing _ as error -> ignore error; None

let ( >>? ) option f = match option with None -> None | Some x -> f x

let size = function { items; _ } -> StringMap.cardinal items

let add store key value =
  let full () = StringMap.cardinal store.items >= store.limit in
  if full () then raise_notrace Full
  else begin
    store.items <- StringMap.add key (Value value) store.items;
    incr counter;
    for i = low to high do
      printf "%d %s\n" i key
    done
  end

module type STORE = sig
  type key
  val find : key -> 'a t -> 'a
end

module Make (K : STORE) : sig
  val all : 'a t -> 'a list
end = struct
  let all store =
    store.items
    |> StringMap.bindings
    |> List.filter_map (fun (_, entry) -> match entry with Value v -> Some v | _ -> None)

  let _unused = K.find
end

class virtual ['a] cursor (store : 'a t) = object (self)
  inherit base as super
  val mutable position = 0
  method virtual next : unit -> 'a
  method advance n =
    position <- position + n;
    self#next ()
  method private reset = position <- 0
end

external sin : float -> float = "caml_sin" "sin" [@@unboxed]

let rec sum = fun xs -> match xs with [] -> 0 | x :: rest -> x + sum rest

let%test "adds" = size (create ~name:"x" ()) = 0

let () =
  let store = create ~limit:3 ~name:"main" () in
  let* found = Lwt.return (find_opt store "a") in
  let c = new cursor store in
  c#advance 2 |> ignore;
  print_endline @@ Option.value found ~default:"none"
