import Foundation

/// Finds the number that a field cannot hold (1.5 or 10^99 for an integer, -1 for an unsigned one).
///
/// Foundation's decoder calls the whole document invalid then, without saying where. So numbers are replaced by 1
/// from the front until that complaint is gone: the last one replaced is the culprit.
enum NumberSearch {
  static func misfit<Value: Decodable>(
    in json: JSONValue, for type: Value.Type
  ) -> (path: String, digits: String)? {
    let numbers = numbers(in: json, at: "")
    func complains(_ replaced: Int) -> Bool {
      var rest = replaced
      let text = replacing(json, first: &rest).text
      do {
        _ = try JSONDecoder().decode(type, from: Data(text.utf8))
        return false
      } catch DecodingError.dataCorrupted(let context) {
        return context.codingPath.isEmpty
      } catch {
        return false
      }
    }
    guard !complains(numbers.count) else { return nil }
    var (bad, good) = (0, numbers.count)
    while good - bad > 1 {
      let middle = (bad + good) / 2
      if complains(middle) { bad = middle } else { good = middle }
    }
    return numbers.indices.contains(good - 1) ? numbers[good - 1] : nil
  }

  private static func numbers(in json: JSONValue, at path: String) -> [(path: String, digits: String)] {
    func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    switch json {
    case .number(let digits): return [(path, digits)]
    case .array(let values):
      return values.enumerated().flatMap { numbers(in: $1, at: join(String($0))) }
    case .object(let members): return members.flatMap { numbers(in: $0.value, at: join($0.key)) }
    case .null, .bool, .string: return []
    }
  }

  private static func replacing(_ json: JSONValue, first rest: inout Int) -> JSONValue {
    switch json {
    case .number:
      guard rest > 0 else { return json }
      rest -= 1
      return .number("1")
    case .array(let values):
      return .array(values.map { replacing($0, first: &rest) })
    case .object(let members):
      return .object(members.map { .init(key: $0.key, value: replacing($0.value, first: &rest)) })
    case .null, .bool, .string: return json
    }
  }
}
