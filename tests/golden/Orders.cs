using System;
using System.Collections.Generic;
using static System.Math;
using Json = System.Text.Json.JsonSerializer;

[assembly: InternalsVisibleTo("Tests")]

namespace Shop.Orders
{
    /// <summary>What an order can be.</summary>
    [Flags]
    public enum Status : byte { None = 0, Open = 1, Paid = 2 }

    public delegate void Changed<T>(object sender, T value) where T : class;

    /// An address; its parts are properties.
    public record Address(string Street, [property: Key] int Number = 1);

    public readonly struct Money : IEquatable<Money>
    {
        public const int Scale = 2, Unit = 100;
        private readonly long cents;

        public Money(long cents) => this.cents = cents;
        public static Money operator +(Money a, Money b) => new Money(a.cents + b.cents);
        public static implicit operator long(Money m) => m.cents;
        public bool Equals(Money other) => cents == other.cents;
    }

    public interface IStore<TKey> where TKey : notnull
    {
        Task<Order?> FindAsync(TKey key, CancellationToken token = default);
        int Count { get; }
        event Changed<Order> Saved;
    }

    // Keeps orders.
    // It is not safe for several threads.
    [Serializable, Obsolete("use \"Other\" [sic]")]
    public sealed partial class Store : Base<Order>, IStore<string>
    {
        private static readonly Dictionary<string, List<Order>> Known = new();
        internal int hits, misses;

        public event Changed<Order> Saved;
        public int Count { get; private set; }
        public string this[int index] => names[index];

        /**
         * Opens a store.
         */
        public Store(string path, int size = 8)
            : base(path)
        {
            Count = size;
            hits++;
        }

        ~Store() { Dispose(false); }

        /// <summary>
        /// Finds one order.
        /// </summary>
        public async Task<Order?> FindAsync(
            string key,
            CancellationToken token = default)
        {
            if (Known.TryGetValue(key, out var found) && found is { Count: > 0 } list)
            {
                foreach (var order in list)
                {
                    if (order?.Owner?.Name() is string owner && owner == key) return order as Order;
                }
            }
            using var stream = File.OpenRead(key);
            try
            {
                int Twice(int n) => n * 2;
                var total = Twice(Max(hits, misses));
                return await Json.DeserializeAsync<Order>(stream, cancellationToken: token);
            }
            catch (IOException e) when (e.HResult != 0)
            {
                throw new Shop.NotFound<string>(key) { Inner = e };
            }
            finally { misses += 1; }
        }

        protected virtual void OnSaved(Order order) => Saved?.Invoke(this, order);

        IEnumerable<int> IStore<string>.Sizes<T>(params T[] all)
        {
            var sizes = from item in all where item != null select item.GetHashCode();
            Func<int, int> next = x => x + 1;
            foreach (var size in sizes) yield return next(size) switch { 0 => Scale(nameof(Money)), var other => other };
        }

        private class Entry { public Status State; }
    }

    static class Extensions
    {
        public static decimal Total(this IEnumerable<Order> orders, (int a, string b) pair) => orders.Sum(o => o.Price);
    }
}
