using System.Text;
using System.Text.RegularExpressions;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>A user's template, filled. Its <c>#SBATCH</c> lines stay at the top; the rest is the job's body.</summary>
internal sealed partial class TemplateText(string template, PlaceholderValues values, string directives, Func<string, string?> shell, JobCommand command)
{
    private static bool IsAllDirectives(string line) => line.Trim() is "{sbatch_directives}" or "{{sbatch_directives}}";

    private readonly string[] _lines = template.Split('\n');

    private bool HasShebang => _lines[0].StartsWith("#!", StringComparison.Ordinal);

    public string Shebang => HasShebang ? _lines[0].TrimEnd() : "#!/bin/bash";

    private int First => HasShebang ? 1 : 0;

    /// <summary>The number of the first line that is no comment: sbatch reads no further.</summary>
    private int BodyAt
    {
        get
        {
            var at = First;
            while (at < _lines.Length && (_lines[at].Trim() is "" or ['#', ..] || IsAllDirectives(_lines[at]))) at++;
            return at;
        }
    }

    /// <summary>The lines for sbatch: the user's as they stand, and before them those of ours that are missing.</summary>
    public string Header(IEnumerable<SlurmOption> options)
    {
        var own = _lines[First..BodyAt];
        var given = own.SelectMany(SlurmOptions.Named).ToHashSet(StringComparer.Ordinal);
        var header = new StringBuilder();
        if (!own.Any(IsAllDirectives)) header.Append(SbatchLines.Of(options.Where(o => !given.Contains(o.Name))));
        foreach (var line in own) header.Append(IsAllDirectives(line) ? directives : line.StartsWith("#SBATCH", StringComparison.Ordinal) ? Option(line) : Comment(line)).Append('\n');
        return header.ToString();
    }

    /// <summary>What is evaluated in the subshell; the options of the user's shebang hold there again.</summary>
    public string Body
    {
        get
        {
            var text = command.Line(string.Join('\n', _lines[BodyAt..]).TrimEnd('\n'), shell);
            return ShellOptions.Match(Shebang) is { Success: true } match && string.Concat(match.Groups["set"].Value.Where("euxvf".Contains)) is { Length: > 0 } set ? $"set -{set}\n{text}" : text;
        }
    }

    /// <summary>A line of options, by sbatch's own rules of quoting.</summary>
    private string Option(string line)
    {
        var filled = new StringBuilder();
        foreach (var part in PlaceholderText.Parse(line).Parts)
            if (part is PlaceholderPart.Literal literal) filled.Append(literal.Text);
            else filled.Append(Value(((PlaceholderPart.Name)part).Key, QuoteAt(filled)));
        return filled.ToString();
    }

    private string Value(string name, char quote)
    {
        var value = name == "log_path" ? LogPattern.OfSingleJob(values.LogPath) : shell(name) ?? values[name].Text ?? throw new KeyNotFoundException($"{{{name}}} is not known when a job is submitted");
        return quote switch
        {
            '"' => SbatchLines.Escape(value),
            '\'' => value.Replace("'", "'\"'\"'", StringComparison.Ordinal),
            _ => SbatchLines.Quote(value),
        };
    }

    /// <summary>The quote that is open at the end; NUL: none.</summary>
    private static char QuoteAt(StringBuilder text)
    {
        var open = '\0';
        for (var i = 0; i < text.Length; i++)
            if (text[i] is '\\') i++;
            else if (open == '\0' && text[i] is '"' or '\'') open = text[i];
            else if (open == text[i]) open = '\0';
        return open;
    }

    private string Comment(string line) => string.Concat(PlaceholderText.Parse(line).Parts.Select(part => part switch
    {
        PlaceholderPart.Literal literal => literal.Text,
        PlaceholderPart.Name { Key: var name } => (shell(name) ?? values[name].Text ?? name).ReplaceLineEndings(" "),
        _ => throw new System.Diagnostics.UnreachableException(),
    }));

    [GeneratedRegex(@"bash\s+-(?<set>[A-Za-z]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex ShellOptions { get; }
}
