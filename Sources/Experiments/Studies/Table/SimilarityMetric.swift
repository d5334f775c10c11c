import Kernels

extension Study {
  /// How the similarity between two embeddings is taken.
  static let similarityMetric = Study(
    "similarity-metric", "Cosine, correlation and Euclidean similarity",
    source: "paper, section 5.3, the table of CIFAR-10",
    differsIn: ["audit.similarity"],
    paper: [
      ("cosine", [(91.5, 90.0, 93.5), (83.2, 80.5, 87.9), (86.7, 85.7, 89.0)]),
      ("correlation", [(89.3, 87.9, 92.2), (76.3, 75.5, 78.5), (80.6, 79.8, 81.6)]),
      ("euclidean", [(88.9, 85.3, 94.5), (75.8, 73.6, 81.4), (80.7, 80.1, 82.5)]),
    ].flatMap { metric, numbers in
      zip(["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"], numbers).map {
        PaperNumbers("CIFAR-10", metric, $0, $1.0, $1.1, $1.2)
      }
    },
    claims: { _ in
      ["correlation", "euclidean"].flatMap { StudyClaim.accuracies(of: attacks, "cosine", over: $0) }
    }
  ) { scale in
    Similarity.allCases.map { metric in
      scale.cell(["metric": metric.rawValue]) { $0.audit.similarity = metric }
    }
  }
}
