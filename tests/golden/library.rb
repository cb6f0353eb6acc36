# frozen_string_literal: true

require "json"
require_relative "library/shelf"

$verbose = false

# What can be lent.
module Lendable
  DAYS = 14
  LIMITS = { book: 3, film: 1 }.freeze

  def self.included(base)
    base.extend(ClassMethods)
  end

  module ClassMethods
    def lent_for(days) = @days = days
  end

  # Whether it is here.
  #
  # Nobody may have it.
  def available?
    !@lent && (borrower.nil? || borrower.away?)
  end

  def lend!(to:, days: DAYS, **options, &block)
    raise Errors::Taken.new(self) unless available?

    @lent, @borrower = true, to
    block&.call(self)
    yield self if block_given?
  rescue Errors::Late, KeyError => error
    warn "late: #{error.message} #{options[:why]}"
    nil
  ensure
    log :lent
  end
end

Point = Struct.new(:x, :y) do
  def distance(other)
    Math.sqrt((x - other.x)**2 + (y - other.y)**2)
  end
end

class Library::Book < Item
  include Lendable
  include Comparable

  attr_accessor :title, :author
  attr_reader :pages
  alias_method :name, :title
  alias to_str title

  scope :long, -> { where("pages > ?", 500) }
  before_save :check_title, if: :changed?

  @@count = 0

  def initialize(title, author = nil, *tags, pages:)
    @title = title
    @pages ||= pages
    @@count += 1
    super(tags)
  end

  class << self
    # Reads books out of a file.
    def load(path)
      JSON.parse(File.read(path), symbolize_names: true).map do |row|
        new(row[:title], pages: row.fetch(:pages) { 0 })
      end
    end

    private

    def cache
      @cache ||= {}
    end
  end

  def <=>(other)
    [title, pages] <=> [other.title, other.pages]
  end

  def title=(value)
    @title = value.to_s.strip
    self.author = "?" if author.nil?
  end

  def [](index)
    pages[index]
  end

  %w[red blue].each do |colour|
    define_method(:"#{colour}?") { @colour == colour }
  end

  def summary
    text = <<~TEXT
      #{title} by #{author}
    TEXT
    case { pages: pages, title: title }
    in { pages: Integer => count } if count > 100
      text + " (#{count})"
    else
      text
    end
  end

  private

  def check_title = title.empty? ? throw(:abort) : true
end

def main(args)
  books = Library::Book.load(args.first)
  total = 0
  books.select(&:available?).each { |book; total| puts book.summary }
  books.each { |book| total += book.pages }
  total
end

main(ARGV) if $PROGRAM_NAME == __FILE__
