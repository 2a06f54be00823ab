using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Logs.Checkpoints;

namespace Vigil.Logs;

/// <summary>Reads a pack from its YAML. Every mistake is told with its place; a pack with mistakes is none.</summary>
internal sealed class PackReader
{
    private const int MaxLines = 100, MaxPattern = 1000;

    private static readonly string[] PackKeys = ["name", "kind", "steps", "lines", "checkpoint", "description"];
    private static readonly string[] LineKeys = ["text", "pattern", "bar", "form", "holds", "fields", "prefix", "skip", "seconds", "milliseconds", "phase", "sign", "end"];
    private static readonly string[] Ways = ["text", "pattern", "bar", "form"];
    private static readonly string[] CheckpointKeys = ["folder", "file", "files"];
    private static readonly string[] BarKeys = ["label", "not", "counts"];

    private readonly DiagnosticBag _report;
    private bool _wrong;

    private PackReader(DiagnosticBag report) => _report = report;

    public static ProgressPack? Read(SourceFile file, DiagnosticBag report)
    {
        if (YamlReader.Read(file, report) is not { } root) return null;
        var reader = new PackReader(report);
        if (root is not ConfigNode.Mapping map)
        {
            report.Error("RUL080", root.At, $"a progress pack is a mapping with {string.Join(", ", PackKeys)}");
            return null;
        }
        var pack = reader.ReadPack(map, Path.GetFileNameWithoutExtension(file.Name));
        return reader._wrong ? null : pack;
    }

    private ProgressPack ReadPack(ConfigNode.Mapping map, string fallback)
    {
        CheckKeys(map, PackKeys);
        var lines = ImmutableArray.CreateBuilder<PackLine>();
        if (map["lines"] is ConfigNode.Sequence { Items: { Length: > 0 and <= MaxLines } items })
        {
            foreach (var item in items)
                if (item is not ConfigNode.Mapping line) Wrong("RUL080", item, $"a line of a pack is a mapping with some of {string.Join(", ", LineKeys)}");
                else if (ReadLine(line) is { } read) lines.Add(read);
        }
        else Wrong("RUL081", map["lines"] ?? map, $"the pack needs 'lines': a list of 1 to {MaxLines} forms of lines");
        return new ProgressPack(Text(map, "name") ?? fallback, Word(map, "kind", PackKind.Trainer), Word(map, "steps", StepCounting.Run), lines.ToImmutable()) { Checkpoint = map["checkpoint"] is { } checkpoint ? Checkpoint(checkpoint) : null };
    }

    private PackLine? ReadLine(ConfigNode.Mapping map)
    {
        CheckKeys(map, LineKeys);
        var text = Template(map, "text");
        var pattern = Pattern(map);
        var bar = map["bar"] is { } node ? Bar(node) : null;
        var form = Word(map, "form", BuiltInForm.None);
        var ways = Ways.Count(key => map[key] is not null);
        var holds = Words(map, "holds");
        if (ways > 1) Wrong("RUL082", map, "a line is read in one way: 'text', 'pattern', 'bar' or 'form'");
        if (ways == 0 && holds.IsEmpty) Wrong("RUL082", map, "nothing tells which lines are meant", "give 'text', 'bar', 'form', or 'pattern' with 'holds'; or 'holds' alone for lines that only mean something");
        if (holds.IsEmpty)
        {
            if (pattern is not null) Wrong("RUL084", map["pattern"]!, "a 'pattern' needs 'holds': a text that every such line holds, so that only those lines meet the regex");
            else if (text is not null) holds = [text.Anchor];
            else if (bar is not null) holds = [BarLine.Mark.ToArray()];
            else if (form is BuiltInForm.MegatronCheckpoint) holds = ["uccessfully saved checkpoint"u8.ToArray()];
            else if (form is BuiltInForm.Step) holds = ["step"u8.ToArray(), "iter"u8.ToArray()];
        }
        foreach (var held in holds)
            if (held.Length < 2) Wrong("RUL083", map["holds"] ?? map["text"] ?? map, $"'{Encoding.UTF8.GetString(held)}' is too short to look for in every line", "two characters at least, better five or more");
        return new PackLine
        {
            Holds = holds,
            Text = text,
            Pattern = pattern,
            Bar = bar,
            Form = form,
            Fields = Word(map, "fields", bar is not null ? FieldForm.Postfix : form is BuiltInForm.Step ? FieldForm.Unknown : FieldForm.None),
            Prefix = Bytes(map, "prefix"),
            Skip = Words(map, "skip"),
            Duration = map["seconds"] is not null ? Bytes(map, "seconds") : Bytes(map, "milliseconds"),
            DurationsPerSecond = map["milliseconds"] is not null ? 1000 : 1,
            Phase = map["phase"] is null ? null : Word(map, "phase", TrainingPhase.Steps),
            Sign = Word(map, "sign", LineSign.Known),
            End = Word(map, "end", LineEnd.GoesOn),
        };
    }

    private CheckpointForm? Checkpoint(ConfigNode node)
    {
        if (node is not ConfigNode.Mapping map || (map["folder"] is null) == (map["file"] is null))
        {
            Wrong("RUL085", node, "'checkpoint' says how a checkpoint is called: a mapping with 'folder' or 'file'", "checkpoint: {folder: \"save_{step}\", files: [model.bin, DONE]}");
            return null;
        }
        CheckKeys(map, CheckpointKeys);
        var (key, kind) = map["folder"] is not null ? ("folder", CheckpointKind.Own) : ("file", CheckpointKind.OwnFile);
        if (map["files"] is { } files && kind is CheckpointKind.OwnFile) Wrong("RUL085", files, "a checkpoint that is one file has no 'files'");
        ImmutableArray<string> needed = [.. Words(map, "files").Select(Encoding.UTF8.GetString)];
        if (Text(map, key) is not { } text) return null;
        var form = CheckpointForm.Parse(text, kind, needed, out var mistake);
        if (form is null) Wrong("RUL085", map[key]!, $"'{text}' cannot be looked for: {mistake}", "such as 'save_{step}'");
        return form;
    }

    private BarRule Bar(ConfigNode node)
    {
        if (node is ConfigNode.Scalar { Text: "any" }) return new BarRule(null, BarLabel.Any, [], BarCounting.Steps);
        if (node is ConfigNode.Scalar { Text: "bare" }) return new BarRule(null, BarLabel.Bare, [], BarCounting.Steps);
        if (node is not ConfigNode.Mapping map)
        {
            Wrong("RUL082", node, "'bar' is 'any', 'bare' (nothing before the percentage), or a mapping with label, not, counts");
            return new BarRule(null, BarLabel.Any, [], BarCounting.Steps);
        }
        CheckKeys(map, BarKeys);
        return new BarRule(Template(map, "label"), BarLabel.Any, Words(map, "not"), Word(map, "counts", BarCounting.Steps));
    }

    private TextTemplate? Template(ConfigNode.Mapping map, string key)
    {
        if (Text(map, key) is not { } text) return null;
        var template = TextTemplate.Parse(text, out var mistake);
        if (template is null) Wrong("RUL083", map[key]!, $"'{text}' cannot be looked for: {mistake}", "such as 'iter {step}: loss {loss}': text, and names in braces where a number stands");
        return template;
    }

    private PackPattern? Pattern(ConfigNode.Mapping map)
    {
        if (Text(map, "pattern") is not { } text) return null;
        try
        {
            if (text.Length > MaxPattern) throw new ArgumentException($"it is longer than {MaxPattern} characters");
            var regex = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new PackPattern(regex, [.. regex.GetGroupNames().Where(static n => !char.IsAsciiDigit(n[0])).Select(LineSlot.Of)]);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            Wrong("RUL084", map["pattern"]!, $"this regular expression cannot be used: {e.Message}", "look-arounds and back references are not possible: no log may hang the watch");
            return null;
        }
    }

    private T Word<T>(ConfigNode.Mapping map, string key, T otherwise) where T : struct, Enum
    {
        if (Text(map, key) is not { } text) return otherwise;
        foreach (var value in Enum.GetValues<T>())
            if (Kebab(value.ToString()) == text) return value;
        Wrong("RUL085", map[key]!, $"'{key}' cannot be '{text}'", Suggestion.Hint(text, [.. Enum.GetNames<T>().Select(Kebab)]));
        return otherwise;
    }

    private static string Kebab(string name) => string.Concat(name.Select(static (c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private string? Text(ConfigNode.Mapping map, string key)
    {
        if (map[key] is not { } node || ScalarValue.IsNull(node)) return null;
        if (node is ConfigNode.Scalar { Text.Length: > 0 } scalar) return scalar.Text;
        Wrong("RUL085", node, $"'{key}' must be a text, not {Binder.Describe(node)}");
        return null;
    }

    private byte[] Bytes(ConfigNode.Mapping map, string key) => Encoding.UTF8.GetBytes(Text(map, key) ?? "");

    /// <summary>A text, or a list of them.</summary>
    private ImmutableArray<byte[]> Words(ConfigNode.Mapping map, string key)
    {
        if (map[key] is not ConfigNode.Sequence list) return Text(map, key) is { } one ? [Encoding.UTF8.GetBytes(one)] : [];
        var words = ImmutableArray.CreateBuilder<byte[]>();
        foreach (var item in list.Items)
            if (item is ConfigNode.Scalar { Text.Length: > 0 } word) words.Add(Encoding.UTF8.GetBytes(word.Text));
            else Wrong("RUL085", item, $"'{key}' must be a list of texts");
        return words.ToImmutable();
    }

    private void CheckKeys(ConfigNode.Mapping map, string[] known)
    {
        foreach (var entry in map.Entries)
            if (!known.Contains(entry.Key))
            {
                _wrong = true;
                _report.Error("RUL080", entry.KeyAt, $"a progress pack knows no key '{entry.Key}' here", Suggestion.Hint(entry.Key, known));
            }
    }

    private void Wrong(string code, ConfigNode at, string message, string? hint = null)
    {
        _wrong = true;
        _report.Error(code, at.At, message, hint);
    }
}
