package com.example.ledger;

import java.util.List;
import java.util.Map.*;
import static java.util.Objects.requireNonNull;

/**
 * Keeps accounts.
 *
 * @since 1.0
 */
@Deprecated(since = "2")
public abstract class Ledger<T extends Comparable<T>> extends Base implements Iterable<T>, Closeable {
    public static final int MAX_ENTRIES = 1_000;
    private final List<T> entries = new ArrayList<>(), spare = null;
    protected volatile int count;

    static {
        Registry.register(Ledger.class);
    }

    // Makes one.
    protected Ledger(List<T> entries) {
        super(entries.size());
        this.entries.addAll(requireNonNull(entries));
        this.count = entries.size();
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<T>() {
            private int at = 0;

            @Override
            public boolean hasNext() {
                return at < count;
            }

            public T next() {
                return entries.get(at++);
            }
        };
    }

    abstract void post(T entry) throws LedgerException;

    public static <K, V> Entry<K, V> entry(K key, V value) {
        Runnable local = () -> System.out.println(key);
        local.run();
        return new SimpleEntry<>(key, value);
    }

    enum Side {
        DEBIT("d") {
            @Override
            Side other() {
                return CREDIT;
            }
        },
        CREDIT("c");

        private final String code;

        Side(String code) {
            this.code = code;
        }

        Side other() {
            return DEBIT;
        }
    }

    interface Visitor<R> {
        int DEPTH = 3;

        R visit(Ledger<?> ledger);

        default void reset() {}
    }

    record Money(long cents, String currency) implements Comparable<Money> {
        Money {
            if (cents < 0) throw new IllegalArgumentException(currency);
        }

        public int compareTo(Money other) {
            return Long.compare(cents, other.cents);
        }
    }

    @interface Audited {
        String by() default "nobody";
    }

    static class Builder {
        Builder with(Side side) {
            entries.stream().map(Money::cents).forEach(Side::valueOf);
            return this;
        }
    }
}

class LedgerException extends Exception {
    LedgerException(String message) {
        super(message);
    }
}
