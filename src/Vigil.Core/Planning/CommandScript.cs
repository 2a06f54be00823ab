using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>
/// A command under <c>backend.files</c> as a script to be read and started: an option a line. What it is given is added at the end, so that a restart goes on with
/// <c>--resume</c> and the script stays as it is.
/// </summary>
internal sealed partial class CommandScript(string path, DiagnosticBag report)
{
    private const char Open = '\uE000', Close = '\uE001';

    /// <param name="workDir">Where the command starts; null: where the script is started.</param>
    /// <param name="fill">Fills what the plan knows into a word.</param>
    /// <returns>Null when something in the list is no word; that is reported.</returns>
    public string? Of(ConfigNode.Sequence list, string? workDir, Func<ConfigNode.Scalar, string> fill)
    {
        List<string> lines = ["exec"];
        foreach (var item in list.Items)
        {
            if (Words(item) is not { IsDefault: false } words) return null;
            for (var i = 0; i < words.Length; i++)
            {
                var word = fill(ConfigNode.Scalar.Made(item.At, words[i]));
                // `--` keeps a program whose name begins with '-' from being read as an option of exec.
                if (lines is ["exec"]) lines[0] = word is ['-', ..] ? $"exec -- {Word(word)}" : $"exec {Word(word)}";
                else if (StartsLine(lines[^1], word, isValue: item is ConfigNode.Mapping || i > 0)) lines.Add(Word(word));
                else lines[^1] += $" {Word(word)}";
            }
        }
        if (lines is ["exec"]) return Empty(list);
        var start = workDir is null ? "" : $"cd -- {Bash.Quote(workDir)} || exit\n";
        return $"#!/usr/bin/env bash\n# Written by Vigil, which starts it. Words that it is given come last: --resume STATE\n{start}{string.Join(" \\\n  ", lines)} \\\n  \"$@\"\n";
    }

    /// <summary>The program's words share its line; then each option has one, with its value.</summary>
    private static bool StartsLine(string line, string word, bool isValue) =>
        word.StartsWith("--", StringComparison.Ordinal) || !line.StartsWith("exec", StringComparison.Ordinal) && !isValue && line.Contains(' ', StringComparison.Ordinal);

    private string? Empty(ConfigNode.Sequence list)
    {
        report.Error("PLN062", list.At, $"'{path}' of 'backend.files' is an empty list", "the program and its words, or null to leave the file out");
        return null;
    }

    private ImmutableArray<string>? Words(ConfigNode item) =>
        new ProgramWords(report, $"backend.files.{path}").Read(new ConfigNode.Sequence(item.At, [SiblingTexts.Change(item, Marked)]))?.Items;

    /// <summary>A secret is not written down: the script reads it from its environment, as whoever starts it has it.</summary>
    private ConfigNode.Scalar Marked(ConfigNode.Scalar scalar)
    {
        if (!scalar.Interpolates) return scalar;
        if (TemplateParser.Parse(Variable.Replace(scalar.Text, $"{Open}${{name}}{Close}"), DollarRule.Escapes, out _) is { Parts: var parts } && parts.All(static p => p is TemplatePart.Literal))
            return ConfigNode.Scalar.Made(scalar.At, string.Concat(parts.Select(static p => ((TemplatePart.Literal)p).Text)));
        report.Error("PLN065", scalar.At, $"'{scalar.Text}' makes something of a secret, and '{path}' of 'backend.files' must not hold it", "give the variable as it is, ${oc.env:NAME}: the script reads it when it starts");
        return ConfigNode.Scalar.Made(scalar.At, Secrets.Masked);
    }

    private static string Word(string text)
    {
        if (!text.Contains(Open, StringComparison.Ordinal)) return Bash.Quote(text);
        var word = new StringBuilder();
        var at = 0;
        foreach (Match mark in Mark.Matches(text))
        {
            if (mark.Index > at) word.Append(Bash.Quote(text[at..mark.Index]));
            word.Append("\"${").Append(mark.Groups["name"].ValueSpan).Append(":?}\"");
            at = mark.Index + mark.Length;
        }
        return (at < text.Length ? word.Append(Bash.Quote(text[at..])) : word).ToString();
    }

    [GeneratedRegex(@"\$\{oc\.env:(?<name>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable { get; }

    [GeneratedRegex(@"\uE000(?<name>[A-Za-z_][A-Za-z0-9_]*)\uE001", RegexOptions.CultureInvariant)]
    private static partial Regex Mark { get; }
}
