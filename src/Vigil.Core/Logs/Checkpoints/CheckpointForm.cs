using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vigil.Logs.Checkpoints;

/// <summary>How a trainer that only a pack of the user's knows calls its checkpoints, and what is in one that is whole.</summary>
public sealed class CheckpointForm
{
    private const int MostHoles = 4;

    private readonly Regex _name;
    private readonly CheckpointKind _kind;
    private readonly ImmutableArray<string> _files;

    private CheckpointForm(Regex name, CheckpointKind kind, ImmutableArray<string> files) => (_name, _kind, _files) = (name, kind, files);

    /// <summary>Null, with what is wrong, when the name cannot be looked for.</summary>
    /// <param name="template">Of a file or folder name, with <c>{step}</c>, <c>{epoch}</c> or <c>{_}</c> where a number stands.</param>
    /// <param name="files">That a whole one has, below its folder; <c>*</c> stands for any text.</param>
    public static CheckpointForm? Parse(string template, CheckpointKind kind, ImmutableArray<string> files, out string? mistake)
    {
        var pattern = new StringBuilder("^");
        var (at, holes, letters) = (0, 0, 0);
        mistake = template.AsSpan().IndexOfAny('/', '\\') >= 0 ? "it is the name of one file or folder, not a path" : null;
        while (at < template.Length && mistake is null)
        {
            var close = template[at] is '{' ? template.IndexOf('}', at) : -1;
            if (close < 0)
            {
                letters++;
                pattern.Append(Regex.Escape(template[at..++at]));
                continue;
            }
            var name = template[(at + 1)..close];
            if (name is not ("step" or "epoch" or "_")) mistake = $"'{{{name}}}' is none of {{step}}, {{epoch}} and {{_}}";
            else if (++holes > MostHoles || (name != "_" && pattern.ToString().Contains($"<{name}>", StringComparison.Ordinal))) mistake = $"'{{{name}}}' stands there too often";
            pattern.Append(name == "_" ? @"\d{1,18}" : $@"(?<{name}>\d{{1,18}})");
            at = close + 1;
        }
        if (letters == 0) mistake ??= "nothing but numbers would be anything";
        return mistake is null ? new(new Regex(pattern.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), kind, files) : null;
    }

    /// <summary>What the name says; null when it is not of this form.</summary>
    public CheckpointName? NameOf(string name, CheckpointKind kind) =>
        kind == _kind && _name.Match(name) is { Success: true } match ? new(_kind, Number(match, "step"), Number(match, "epoch")) { Files = _files } : null;

    private static long? Number(Match match, string group) =>
        match.Groups[group] is { Success: true, ValueSpan: var digits } ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}

/// <summary>What names of files and folders say: by the user's own forms first, then by those of known trainers.</summary>
public sealed class CheckpointForms(ImmutableArray<CheckpointForm> own)
{
    public CheckpointName? OfFolder(string name) => Own(name, CheckpointKind.Own) ?? CheckpointName.OfFolder(name);

    public CheckpointName? OfFile(string name) => Own(name, CheckpointKind.OwnFile) ?? CheckpointName.OfFile(name);

    private CheckpointName? Own(string name, CheckpointKind kind)
    {
        foreach (var form in own)
            if (form.NameOf(name, kind) is { } known) return known;
        return null;
    }
}
