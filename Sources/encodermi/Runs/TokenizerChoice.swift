import ArgumentParser
import Contrastive
import Foundation
import Networks
import Text

/// Which tokenizer a text encoder is trained with: one from a file, or one made from the data set's own captions.
enum TokenizerChoice {
  case file(URL)
  /// Trained on all captions of the data set, members and nonmembers alike, so that target and shadow have the same one
  /// and it says nothing of who was a member.
  case trained(vocabulary: Int)

  func tokenizer(for captions: [[String]], contextLength: Int) throws -> any Tokenizer {
    switch self {
    case .file(let url): return try TokenizerFile.open(url, contextLength: contextLength)
    case .trained(let vocabulary):
      return try TrainedTokenizer.train(
        on: captions.flatMap { $0 }, vocabularySize: vocabulary, contextLength: contextLength)
    }
  }
}
