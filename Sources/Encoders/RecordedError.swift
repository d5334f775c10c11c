import Contrastive
import Files

/// Why recorded answers cannot be used.
public enum RecordedError: ExplainedError, Equatable {
  /// A folder of questions without answers to some of them.
  case noAnswers(folder: String, expected: String, rows: Int)
  /// Answers that name other questions, or none.
  case otherManifest(file: String, expected: String, found: String?)
  /// A tensor that is no answer.
  case unknownTensor(file: String, tensor: String, known: [String])
  /// The same answers in two files.
  case twice(file: String, other: String)
  /// No matrix of a row for each question.
  case shape(file: String, expectedRows: Int, found: [Int])
  /// Another number of rows than of questions.
  case rows(file: String, expected: Int, found: Int, missing: String?)
  /// NaN or infinity.
  case notFinite(file: String, row: Int, question: String)
  /// One question, two answers.
  case order(file: String, row: Int, twin: Int, question: String)
  /// Another width in a later round.
  case otherWidth(folder: String, tensor: String, expected: Int, found: Int)
  /// Other spaces in a later round.
  case otherSpaces(folder: String, base: String, space: String)
  /// A later round of another encoder.
  case otherEncoder(folder: String, base: String)
  /// A picture that is not the one which the manifest asks about.
  case changedPicture(file: String)
  /// An encoder for pictures of another size than those of the questions.
  case otherSize(encoder: String, expected: Int, found: Int)
  /// An encoder without the space that is asked for.
  case noSpace(encoder: String, EmbeddingLayer)
  /// A question that was not asked.
  case unanswered(folder: String, String)
  /// Questions that were not asked, and now lie in a folder.
  case further(folder: String, pictures: Int, captions: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noAnswers(let folder, let expected, let rows):
      "\(folder) has no answers to its \(rows) questions yet; have the encoder embed them in the manifest's order, and "
        + "save the \(rows) rows as \(expected), or in \(RecordedAnswers.fileName)"
    case .otherManifest(let file, let expected, let found):
      "\(file) "
        + (found.map { "holds answers to other questions, \(excerpt($0))" }
          ?? "does not say that it answers the questions beside it")
        + ": expected \(expected) "
        + (Paths.suffix(file) == "npy"
          ? "in its name" : "as “\(RecordedAnswers.questionsKey)” in its metadata")
        + (found == nil
          ? "; put it there if it has a row for each of them, else answer them" : "; answer these")
    case .unknownTensor(let file, let tensor, let known):
      "\(file): the tensor “\(excerpt(tensor))” is none of \(known.joined(separator: ", ")); name it so"
    case .twice(let file, let other):
      "\(file) and \(other) hold the same answers; remove one"
    case .shape(let file, let rows, let found):
      "\(file) has the shape \(found), expected [\(rows), width] with width at least 1; give a row for each question"
    case .rows(let file, let expected, let found, let missing):
      "\(file) has \(found) rows, and there are \(expected) questions"
        + (missing.map { ": rows are missing from row \(found) on (\($0))" } ?? "")
        + "; give a row for each in the manifest's order, the repeated ones at the end too"
    case .notFinite(let file, let row, let question):
      "\(file): row \(row), the answer to \(question), is not finite; embed it again, or find out what is wrong with "
        + "the encoder"
    case .order(let file, let row, let twin, let question):
      "\(file): rows \(twin) and \(row) answer the same question (\(question)) and differ, so the rows do not stand in "
        + "the manifest's order, or the encoder answers at random; do not shuffle, and put it into inference mode"
    case .otherWidth(let folder, let tensor, let expected, let found):
      "\(folder): \(tensor) is \(found) wide, that of the first round \(expected); ask the same encoder"
    case .otherSpaces(let folder, let base, let space):
      "\(folder) and \(base) are not answered in the same spaces: only one has \(space)s; answer both in all"
    case .otherEncoder(let folder, let base):
      "\(folder) has questions for another encoder than \(base); remove it"
    case .changedPicture(let file):
      "\(file) is not the picture that the manifest asks about; take the folder as it was written"
    case .otherSize(let encoder, let expected, let found):
      "\(encoder) takes pictures of \(found) px, and the questions are of \(expected) px; write questions for its size"
    case .noSpace(let encoder, let space):
      "\(encoder) gives no \(space.rawValue)s; ask for another output"
    case .unanswered(let folder, let question):
      "\(folder) has no answer about \(question): the questions were written for other settings or inputs"
    case .further(let folder, let pictures, let captions):
      "\(pictures) pictures and \(captions) captions that would be asked about have no answers yet: they are in "
        + "\(folder). Answer them as the others, and give the same command again"
    }
  }
}
