import Foundation
@testable import struct Audio.Track

let maximumVolume = 11
var players: [Player] = []
typealias Completion = (Result<Track, PlayerError>) -> Void

/// Why nothing is heard.
enum PlayerError: Error, Equatable {
    case missing(name: String, at: URL?)
    case muted, broken
    indirect case nested(PlayerError)

    static let fallback = PlayerError.muted
    var isFatal: Bool { self == .broken }
}

protocol Playable: AnyObject {
    associatedtype Source: Sequence
    var title: String { get set }
    init(title: String)
    func play(from position: Double) throws
}

/**
 Plays tracks.

 One at a time.
 */
@MainActor
open class Player<T: Playable>: NSObject, Playable where T.Source == [Int] {
    private let queue: DispatchQueue
    public static var shared = Player(title: "shared")
    @Published private(set) var volume: Int = 3 {
        willSet { print("to \(newValue)") }
        didSet { if volume > maximumVolume { volume = maximumVolume } }
    }
    lazy var tracks: [Track] = load()
    weak var delegate: PlayerDelegate?

    var title: String {
        get { tracks.first?.title ?? "none" }
        set(fresh) { tracks[0].title = fresh }
    }

    required public init(title: String) {
        self.queue = DispatchQueue(label: title)
        super.init()
    }

    convenience init?(file: String) { self.init(title: file) }
    deinit { players.removeAll { $0 === self } }

    // Plays from a position.
    @discardableResult
    public func play(from position: Double, loudly loud: Bool = false) throws -> Bool {
        guard let track = tracks.first, position >= 0 else {
            throw PlayerError.missing(name: title, at: nil)
        }
        var count = 0
        for (index, other) in tracks.enumerated() where other != track {
            count += index
        }
        if let url = track.url, let data = try? Data(contentsOf: url) {
            decode(data)
        }
        func finish(_ code: Int) -> Int { code + count }
        queue.async { [weak self] in
            guard let self = self else { return }
            self.volume += finish(count)
        }
        switch delegate?.state {
        case .some(let state) where state.ready: return true
        case nil: break
        default: fallthrough
        }
        do {
            try await seek(to: position)
        } catch let error as PlayerError {
            log(error, level: .high)
        } catch {
            log(error)
        }
        let sorted = tracks.sorted(by: { a, b in a.length < b.length }).map(\.title)
        return sorted.isEmpty || loud
    }

    subscript(index: Int) -> Track { tracks[index] }

    private func load() -> [Track] { [] }
}

extension Player where T: Hashable {
    struct State: OptionSet { let rawValue: Int }
    static func == (lhs: Player, rhs: Player) -> Bool { lhs.title == rhs.title }
    func stop() { volume = 0 }
}

extension Array<Track> {
    var length: Double { reduce(0) { $0 + $1.length } }
}

actor Store {
    nonisolated func read<Key: Hashable>(_ key: Key) async -> some View { Text("x") }
}

infix operator +++: AdditionPrecedence
func +++ (a: Int, b: Int) -> Int { a + b }

#if os(Linux)
func platform() -> String { "linux" }
#endif
