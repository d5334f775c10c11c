import ArgumentParser
import Files
import Foundation

/// How the program ends.
enum Ending {
  /// Runs a command to its end, whatever that is, and ends the program.
  static func run() -> Never {
    var running: (any ParsableCommand.Type)?
    do {
      let words = Array(CommandLine.arguments.dropFirst())
      running = CommandNames.meant(by: words)
      try checkWords(words)
      // What the parser finds wrong it tells with the usage itself.
      running = nil
      var command = try Root.parseAsRoot()
      running = type(of: command)
      try Processes.require(command)
      try command.run()
      try Console.finish()
      Processes.leave()
      exit(EXIT_SUCCESS)
    } catch {
      end(with: error, of: running)
    }
  }

  private static func end(with error: any Error, of command: (any ParsableCommand.Type)?) -> Never {
    let code = Root.exitCode(for: error)
    let message = message(for: error, of: command)
    guard code.isSuccess else {
      if message.isEmpty { Processes.leave() } else { Processes.tellFailure(message, code: code.rawValue) }
      // Of an error more is known than that its own words could not be printed.
      if message.isEmpty { requireOutput() }
      exit(code.rawValue)
    }
    print(message)
    requireOutput()
    exit(EXIT_SUCCESS)
  }

  private static func requireOutput() {
    do {
      try Console.finish()
    } catch {
      Console.tell("Error: \(error)\n")
      exit(EXIT_FAILURE)
    }
  }

  /// What is said of an error: of wrong options with the usage of the command that they were given to.
  static func message(for error: any Error, of command: (any ParsableCommand.Type)?) -> String {
    guard let wrong = error as? ValidationError, let command else {
      return PrintableText.bounded(Root.fullMessage(for: error))
    }
    let names = CommandNames.path(to: command).joined(separator: " ")
    return """
      Error: \(PrintableText.bounded(wrong.message))
      Usage: \(Root.usageString(for: command))
        See '\(names) --help' for more information.
      """
  }

  /// Says what is wrong where the parser would name something else: `help` with the name of no command shows another's
  /// help, an unknown command is an unexpected argument, and a negative number is taken for an option.
  /// - Throws: `ValidationError`.
  static func checkWords(_ arguments: [String]) throws {
    var (known, last) = (Root.configuration.subcommands, "")
    let isHelp = arguments.first == "help"
    for name in arguments.dropFirst(isHelp ? 1 : 0) {
      if known.isEmpty || name.hasPrefix("-") { break }
      guard let next = known.first(where: { CommandNames.name(of: $0) == name }) else {
        if name == "help" { break }
        let names = known.map(CommandNames.name)
        let near = nearest(to: name, among: names)
        throw ValidationError(
          "there is no '\(excerpt(name))'\(last.isEmpty ? "" : " of '\(last)'"); "
            + (near.isEmpty ? "there" : "did you mean \(near.joined(separator: " or "))? There")
            + " are \(names.joined(separator: ", "))")
      }
      (known, last) = (next.configuration.subcommands, name)
    }
    for (option, value) in zip(arguments, arguments.dropFirst()) where option.hasPrefix("--") {
      guard value.first == "-", value.dropFirst().first?.isNumber == true, Double(value) != nil else {
        continue
      }
      throw ValidationError("\(option) \(value): no option takes a number below 0")
    }
  }
}

/// Commands by their names.
enum CommandNames {
  /// The name of a command.
  static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? String(describing: command).lowercased()
  }

  /// The command that words begin with, as far as there is one.
  static func meant(by words: [String]) -> any ParsableCommand.Type {
    var command: any ParsableCommand.Type = Root.self
    for word in words.dropFirst(words.first == "help" ? 1 : 0) {
      guard let next = command.configuration.subcommands.first(where: { name(of: $0) == word }) else { break }
      command = next
    }
    return command
  }

  /// The names of the commands that lead to one, from the program's on.
  static func path(to command: any ParsableCommand.Type) -> [String] {
    func path(from start: any ParsableCommand.Type) -> [String]? {
      if start == command { return [name(of: start)] }
      for next in start.configuration.subcommands {
        if let rest = path(from: next) { return [name(of: start)] + rest }
      }
      return nil
    }
    return path(from: Root.self) ?? [name(of: Root.self)]
  }
}
