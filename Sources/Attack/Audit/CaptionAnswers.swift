import Contrastive
import Encoders

/// What an encoder answered to one question about all captions of a group, part by part: in memory, or, of what is much and
/// kept in files, read again when it is wanted.
final class CaptionAnswers {
  /// Captions of a part, and rows of each.
  private let (part, each): (Int, Int)
  private var parts: [() throws -> EncoderAnswers] = []
  /// The parts that were looked at last, by number: captions that are exchanged stand beside each other.
  private var recent: [(number: Int, answers: EncoderAnswers)] = []

  /// No answers yet.
  init(part: Int, each: Int) { (self.part, self.each) = (part, each) }

  /// Adds the next part.
  func append(_ answers: @escaping () throws -> EncoderAnswers) { parts.append(answers) }

  /// The answers about some captions by their numbers, in the order given.
  /// - Throws: an error of reading what was kept.
  func of(_ captions: [Int]) throws -> EncoderAnswers {
    var (found, places): ([EncoderAnswers], [Int: Int]) = ([], [:])
    for number in Set(captions.map { $0 / part }).sorted() {
      let wanted = Set(captions.filter { $0 / part == number }).sorted()
      for caption in wanted { places[caption] = places.count }
      found.append(try answers(number).gathered(wanted.map { $0 % part }, each: each))
    }
    return EncoderAnswers(stacking: found).gathered(captions.compactMap { places[$0] }, each: each)
  }

  private func answers(_ number: Int) throws -> EncoderAnswers {
    if let known = recent.first(where: { $0.number == number }) { return known.answers }
    let answers = try parts[number]()
    recent = recent.suffix(1) + [(number, answers)]
    return answers
  }
}
