(** A store of things, in memory. *)

exception Missing of string

type 'a t
type 'a entry = Value of 'a | Link of string

(** Makes a store. *)
val create : ?limit:int -> name:string -> unit -> 'a t

val find : 'a t -> string -> 'a
(** Looks one up. *)

val ( >>? ) : 'a option -> ('a -> 'b option) -> 'b option

module type STORE = sig
  type key
  val find : key -> 'a t -> 'a
end

module Make (K : STORE) : sig
  val all : 'a t -> 'a list
end

class type cursor = object
  method next : unit -> int
end

external sin : float -> float = "caml_sin"
