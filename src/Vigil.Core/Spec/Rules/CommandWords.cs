using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads a program and its arguments. No shell reads them, and where the program is one, no placeholder stands in what it executes: text of a log never becomes shell.</summary>
internal static class CommandWords
{
    private static readonly ImmutableArray<string> TakeCodeBehindC = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "busybox", "su", "runuser", "script", "pypy", "pypy3"];
    private static readonly ImmutableArray<string> TakeCodeBehindE = ["perl", "ruby", "node", "lua", "php"];

    private static readonly ImmutableArray<string> Starters = ["env", "nice", "nohup", "timeout", "xargs", "setsid", "stdbuf", "ionice", "time", "exec", "sudo"];

    /// <param name="what">Whose command it is.</param>
    /// <param name="remedy">What is written instead of a whole line; null: its words as a list.</param>
    public static ImmutableArray<ConfigNode.Scalar> Read(RuleKeys keys, string what, string? remedy, RuleTexts texts, DiagnosticBag report)
    {
        var words = keys.List("command");
        if (words.IsEmpty) report.Error("RUL004", keys.At, $"{what} needs the key 'command': a program and its arguments");
        else if (words is [var line] && keys.Node("command") is ConfigNode.Scalar && line.Text.Contains(' ', StringComparison.Ordinal))
            report.Error("RUL007", line.At, $"the command of a {what} is a list of words, and no shell reads it", remedy ?? $"write [{string.Join(", ", line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))}], or use ShellCommandCondition");
        for (var i = 1; i < words.Length; i++)
            if (PlaceholderText.Parse(words[i].Text).Names.Any() && IsCode([.. words.Select(static w => w.Text)], i))
                report.Error("RUL009", words[i].At, "this word is executed, and a placeholder in it would let text of a log become code", "give it as a further word: [bash, -c, 'echo \"$1\"', bash, \"{field}\"]");
        if (words.FirstOrDefault(static w => !StandsBeforeAProgram(w.Text)) is { } program && texts.HoldsLogText(program.Text))
            report.Error("RUL009", program.At, "this word is the program that is started, and a placeholder in it would let text of a log choose it", "name the program, and give the field as an argument");
        return words;
    }

    /// <summary>Programs that start another one, with their options, times and variables.</summary>
    private static bool StandsBeforeAProgram(string word) =>
        Starters.Contains(Path.GetFileName(word)) || word.StartsWith('-') || word.Length > 0 && char.IsAsciiDigit(word[0]) || word.Contains('=', StringComparison.Ordinal);

    private static bool IsCode(ImmutableArray<string> words, int at)
    {
        var before = words[at - 1];
        var programs = words.Take(at).Select(static w => Path.GetFileName(w)).ToList();
        return IsOptionC(before) && programs.Exists(static p => TakeCodeBehindC.Contains(p) || p.StartsWith("python", StringComparison.Ordinal))
            || before == "-e" && programs.Exists(static p => TakeCodeBehindE.Contains(p))
            || before is "eval" or "awk" or "gawk" or "mawk"
            // It joins all words to one line, which the other machine's shell reads.
            || programs.Contains("ssh");
    }

    /// <summary><c>-c</c>, alone or behind other letters.</summary>
    private static bool IsOptionC(string word) => word == "--command" || word is ['-', .., 'c'] && word.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0;
}
