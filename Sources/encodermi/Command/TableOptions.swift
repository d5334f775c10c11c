import ArgumentParser
import Foundation
import Report

/// How tables are shown.
struct TableOptions: ParsableArguments {
  @Flag(help: "Show tables with all columns, each row in one line, however wide.") var wide = false
}
