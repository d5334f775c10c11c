import Attack
import Data

/// Whose members an encoder is pre-trained on. Written as `target`, `shadow`, `reference-3`, `ensemble-3`.
public enum TrainingGroup: Hashable, Sendable, Codable, RawRepresentable {
  /// The target's.
  case target
  /// The shadow's.
  case shadow
  /// Those of a reference that saw nothing of the four groups; numbers begin with 1.
  case reference(Int)
  /// Those of a reference for which a fair coin drew from the four groups; numbers begin with 1.
  case ensemble(Int)

  /// One of an audit's two encoders.
  public init(_ role: AuditGroup) { self = role == .target ? .target : .shadow }

  /// A group by its name; nil for any other word.
  public init?(rawValue: String) {
    if let role = AuditGroup(rawValue: rawValue) {
      self.init(role)
      return
    }
    let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[1]), number >= 1, parts[1] == "\(number)" else {
      return nil
    }
    switch parts[0] {
    case "reference": self = .reference(number)
    case "ensemble": self = .ensemble(number)
    default: return nil
    }
  }

  /// Its name.
  public var rawValue: String {
    switch self {
    case .target: AuditGroup.target.rawValue
    case .shadow: AuditGroup.shadow.rawValue
    case .reference(let number): "reference-\(number)"
    case .ensemble(let number): "ensemble-\(number)"
    }
  }

  /// Whether it is neither target nor shadow.
  public var isReference: Bool { self != .target && self != .shadow }

  /// Whether a fair coin decided for each audited input if it is among the members.
  public var isDrawnByCoin: Bool {
    if case .ensemble = self { true } else { false }
  }
}

extension Split {
  /// What an encoder is pre-trained on, and what it is not.
  /// - Parameter pool: the items that a reference outside the four groups is drawn from; all if not given.
  /// - Throws: `SplitError` where too few are left for it.
  public func groups(_ group: TrainingGroup, from pool: [Int]? = nil) throws -> MembershipGroups<[Int]> {
    switch group {
    case .target: target
    case .shadow: shadow
    case .reference(let number): try reference(number, members: target.members.count, from: pool)
    case .ensemble(let number): ensemble(number)
    }
  }
}
