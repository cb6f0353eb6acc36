package demo.parsing

import scala.collection.mutable
import scala.util.{Try, Success => Ok, *}
import Parser.given

/** A position in a text. */
case class Pos(line: Int, column: Int = 1) extends Ordered[Pos] {
  override def compare(that: Pos): Int = line - that.line
}

sealed trait Expr
object Expr {
  final case class Num(value: Double) extends Expr
  final case class Op(left: Expr, sign: Char, right: Expr) extends Expr
  case object Empty extends Expr
}

enum Level(val weight: Int) derives CanEqual:
  case Low extends Level(1)
  case High, Highest
  def isHigh: Boolean = this != Low

trait Reader[+A, F[_]]:
  type Out <: A
  val name: String
  def read(text: String)(using pos: Pos): Option[A]
  def map[B](f: A => B): Reader[B, F]

/** Reads expressions.
  *
  * Not for several threads.
  */
@deprecated("use Fast", "2.0")
class Parser[T <: Expr](
    private val source: String,
    var strict: Boolean = false,
    limit: Int
)(implicit val clock: Clock)
    extends Base(source)
    with Reader[T, List]
    with Logging {

  import Expr._

  private lazy val tokens: mutable.Buffer[String] = mutable.Buffer.empty
  var (depth, width) = (0, 0)
  val Array(first, rest) = source.split(" ", 2)

  def this(source: String) = this(source, false, 10)

  // Reads one expression.
  @tailrec
  final def parse[R >: T](from: Pos, steps: Int*)(implicit ev: R =:= T): Either[String, R] = {
    val start = from.copy(line = from.line + 1)
    lazy val (left, right) = tokens.span(_ != ";")
    var count = 0
    def loop(n: Int): Int =
      if n > limit then n else loop(n + 1)
    for {
      (token, index) <- left.zipWithIndex
      size = token.length if size > 0
      part <- token.split(',')
    } count += loop(index) + part.length
    val result = tokens.headOption match {
      case Some(Num(v)) if v > 0 => Op(Num(v), '+', Empty)
      case Some(op @ Op(a, _, _: Num)) => op.copy(left = a)
      case None | Some(Empty) => throw new ParseError[T](s"nothing at ${start.line} $count")
      case other: Expr => other
    }
    try Right(result.asInstanceOf[R])
    catch { case e: ParseError[_] => Left(e.getMessage) }
  }

  def +(other: Parser[T]): Parser[T] = ???
  def size_=(n: Int): Unit = { depth = n; this.width = n }
  def render: String = <b>{source}</b>.toString
}

object Parser {
  val Default = new Parser[Expr]("x") { override val strict = true }
  implicit class Ops(val pos: Pos) extends AnyVal { def next: Pos = pos.copy(line = pos.line + 1) }
  given ordering: Ordering[Pos] with
    def compare(a: Pos, b: Pos): Int = a compare b
  def apply(text: String): Parser[Expr] = new Parser(text)
}

extension (pos: Pos)
  def shifted(by: Int): Pos =
    val moved = pos.column + by
    pos.copy(column = moved)

def twice(n: Int): Int = n * 2

@main def run(args: String*): Unit =
  val words = args.map(word => word.trim).filter { w => w.nonEmpty }
  words.foreach: w =>
    println(w)
  while words.isEmpty do
    twice(2)
end run
