@file:JvmName("Wallets")

package com.example.wallet

import com.example.money.Money
import com.example.log.debug as trace
import kotlinx.coroutines.*

const val LIMIT = 1_000
val shared: Wallet by lazy { Wallet("shared") }
private var opened = 0
typealias Listener<T> = (T, Int) -> Unit

/** Whether money went in or out. */
enum class Direction(val sign: Int) : Signed {
    IN(1),
    OUT(-1) {
        override fun label() = "out"
    };

    open fun label(): String = name.lowercase()

    companion object {
        fun of(sign: Int) = values().first { it.sign == sign }
    }
}

sealed interface Event {
    data class Moved(val amount: Money, var note: String? = null) : Event
    object Closed : Event
}

fun interface Rule { fun allows(event: Event): Boolean }

/**
 * Holds money.
 *
 * @param owner whose it is
 */
@Serializable
open class Wallet<T : Any>(
    val owner: String,
    protected open val rules: List<Rule> = emptyList(),
    seed: Money = Money.ZERO,
) : Base(owner), Rule by Default {
    private val events = mutableListOf<Event>()
    lateinit var listener: Listener<Event>

    var balance: Money = seed
        private set(value) {
            field = value
            trace("balance $value of ${this.owner}")
        }

    val isEmpty: Boolean
        get() = balance == Money.ZERO

    init {
        val number = ++opened
        trace("opened $number")
    }

    constructor(owner: String, first: Event) : this(owner) {
        events += first
    }

    // Moves money.
    @Throws(IllegalStateException::class)
    suspend inline fun <reified R : Event> move(
        amount: Money,
        direction: Direction = Direction.IN,
        crossinline then: (R) -> Unit = {},
    ): Result<R> where R : Any {
        require(rules.all { rule -> rule.allows(Event.Closed) }) { "not allowed" }
        val (before, after) = balance to balance + amount * direction.sign
        val event = when (val kind = direction) {
            Direction.IN -> Event.Moved(amount, note = "in")
            is Direction -> Event.Moved(amount)
            else -> throw IllegalStateException("no $kind")
        }
        try {
            balance = after
            for ((index, old) in events.withIndex()) {
                listener?.invoke(old, index)
            }
        } catch (e: IOException) {
            balance = before
            return Result.failure(e)
        } finally {
            events.add(event)
        }
        fun check(n: Int): Boolean = n > LIMIT
        events.map(Event::toString).filter { check(it.length) }.forEach(::println)
        return (event as? R)?.also(then)?.let { Result.success(it) } ?: error("other")
    }

    operator fun plusAssign(event: Event) { events += event }

    companion object Factory : Maker {
        const val DEFAULT = "main"
        @JvmStatic fun make(): Wallet<Any> = Wallet(DEFAULT)
    }

    inner class View {
        fun size() = this@Wallet.events.size
    }
}

fun Wallet<Any>.pays(amount: Money) = amount.also { balance = it }
infix fun Wallet<Any>?.or(other: Int) = this?.owner ?: other
val List<Wallet<Any>>.total: Money get() = fold(Money.ZERO) { sum, wallet -> sum + wallet.balance }

fun main() = runBlocking {
    val wallet = Wallet.make()
    wallet pays Money(3)
    val anonymous = object : Rule {
        override fun allows(event: Event) = true
    }
    launch { anonymous.allows(Event.Closed) }
}
