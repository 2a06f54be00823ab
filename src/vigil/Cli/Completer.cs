using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>What may stand where the cursor is. A candidate that ends in <c>=</c>, <c>.</c> or <c>/</c> goes on; any other is a whole word.</summary>
internal sealed class Completer(CliContext context, RootCommand root)
{
    /// <param name="words">After the program's name, to the cursor; the last one is being typed and may be empty.</param>
    public IEnumerable<string> Candidates(IReadOnlyList<string> words)
    {
        var typed = words.Count > 0 ? words[^1] : "";
        return All(words, typed).Where(c => c.StartsWith(typed, StringComparison.Ordinal) && c != typed).Distinct().Order(StringComparer.Ordinal);
    }

    private IEnumerable<string> All(IReadOnlyList<string> words, string typed)
    {
        if (words.Count <= 1) return [.. root.Subcommands.Where(static c => !c.Hidden).Select(static c => c.Name), .. Names(root, typed)];
        if (root.Subcommands.FirstOrDefault(c => c.Name == words[0]) is not { } command) return [];
        if (command.Subcommands.Count > 0)
        {
            if (words.Count == 2) return [.. command.Subcommands.Select(static c => c.Name), .. Names(command, typed)];
            if (command.Subcommands.FirstOrDefault(c => c.Name == words[1]) is not { } inner) return [];
            (command, words) = (inner, [.. words.Skip(1)]);
        }
        if (words.Count > 2 && Takes(command, words[^2]) is { } option) return Values(option, words);
        if (typed.StartsWith('-')) return Names(command, typed);
        if (command.Arguments.FirstOrDefault() is { Name: "SHELL" }) return CompletionScripts.Shells;
        if (command.Arguments.FirstOrDefault() is { Name: "RULES" }) return Plain(command, words).Any() ? [] : Rules(words, typed);
        return command.Arguments.Any(static a => a.Name == "EXPERIMENT") ? Overrides(command, words, typed) : [];
    }

    private static IEnumerable<string> Names(Command command, string typed) => typed.StartsWith('-')
        ? command.Options.Where(static o => !o.Hidden).SelectMany(static o => o.Aliases.Prepend(o.Name)).Where(static n => n.StartsWith('-') && n != "-?")
        : [];

    /// <summary>The option of which the next word is the value.</summary>
    private static Option? Takes(Command command, string word) =>
        command.Options.FirstOrDefault(o => (o.Name == word || o.Aliases.Contains(word)) && o.ValueType != typeof(bool) && o is not (System.CommandLine.Help.HelpOption or VersionOption));

    private IEnumerable<string> Values(Option option, IReadOnlyList<string> words) => option.Name switch
    {
        "--config-name" => ConfigFolders.AllNamesIn(ExperimentLoader.NamedFolder(context, After(words, "-C", "--config-dir"))),
        "--changed" => ["keep", "retry"],
        "--graph" => GraphOption.Forms,
        _ => [],
    };

    private IEnumerable<string> Overrides(Command command, IReadOnlyList<string> words, string typed)
    {
        var before = Plain(command, words).ToList();
        var (experiment, _) = ExperimentLoader.Split(before);
        var given = new ExperimentWords(before, After(words, "-C", "--config-dir"), After(words, "--config-name"));
        var candidates = experiment is null && before.Count == 0 && given.ConfigName is null && !typed.Contains('=', StringComparison.Ordinal) ? Experiments(given, typed) : [];
        return ExperimentLoader.Load(context, given).Request is { } request ? [.. candidates, .. new OverrideCandidates(request).Of(typed)] : candidates;
    }

    /// <summary>What may be tried: experiments, files of rules, and groups of them by name.</summary>
    private IEnumerable<string> Rules(IReadOnlyList<string> words, string typed)
    {
        var dir = After(words, "-C", "--config-dir");
        var library = ConfigFolders.Library(context, context.FullPath("experiment.yaml"), dir, new SourceTexts(), new DiagnosticBag());
        return Experiments(new([], dir, null), typed).Concat(library.Options("monitoring"));
    }

    /// <summary>Configs by name, and YAML files and folders from here.</summary>
    private IEnumerable<string> Experiments(ExperimentWords given, string typed)
    {
        foreach (var name in ConfigFolders.AllNamesIn(ExperimentLoader.NamedFolder(context, given.ConfigDir))) yield return name;
        var slash = typed.LastIndexOf('/') + 1;
        var folder = context.FullPath(typed[..slash].Length == 0 ? "." : typed[..slash]);
        if (!Directory.Exists(folder)) yield break;
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder, "*", ConfigFolders.Visible))
            if (Directory.Exists(entry)) yield return $"{typed[..slash]}{Path.GetFileName(entry)}/";
            else if (entry.EndsWith(".yaml", StringComparison.Ordinal)) yield return typed[..slash] + Path.GetFileName(entry);
    }

    /// <summary>The words before the one being typed that are neither options nor their values.</summary>
    private static IEnumerable<string> Plain(Command command, IReadOnlyList<string> words)
    {
        for (var i = 1; i < words.Count - 1; i++)
            if (Takes(command, words[i]) is not null) i++;
            else if (!words[i].StartsWith('-')) yield return words[i];
    }

    private static string? After(IReadOnlyList<string> words, params ReadOnlySpan<string> names)
    {
        for (var i = 1; i < words.Count - 2; i++)
            if (names.Contains(words[i])) return words[i + 1];
        return null;
    }
}

/// <summary>Overrides that an experiment takes: its groups and their options, its keys level by level, and bools.</summary>
internal sealed class OverrideCandidates(PlanRequest request)
{
    private readonly Lazy<ConfigNode.Mapping?> _tree = new(() => Planner.Compose(request, Interpolations.AsWritten).Tree);

    public IEnumerable<string> Of(string typed)
    {
        var sign = typed.StartsWith("++", StringComparison.Ordinal) ? "++" : typed is ['+' or '~', ..] ? typed[..1] : "";
        var rest = typed[sign.Length..];
        var equals = rest.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0) return Values(rest[..equals]).Select(v => $"{sign}{rest[..equals]}={v}");
        var dot = rest.LastIndexOf('.') + 1;
        if (sign == "~") return Present(rest[..dot]).SelectMany(e => e.Value is ConfigNode.Mapping ? [e.Key, $"{e.Key}."] : (string[])[e.Key]).Select(k => $"~{rest[..dot]}{k}");
        return [.. Groups(rest).Select(g => $"{sign}{g}"), .. Keys(rest[..dot]).Select(k => $"{sign}{rest[..dot]}{k}")];
    }

    private ImmutableArray<string> Values(string key)
    {
        var options = request.Library.Options(key);
        if (!options.IsEmpty) return options;
        return Find(key) is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is ScalarValue.Bool ? ["true", "false"] : [];
    }

    private IEnumerable<string> Groups(string typed)
    {
        var above = typed[..(typed.LastIndexOf('/') + 1)];
        foreach (var folder in request.Library.Folders.SelectMany(f => f.List(above.TrimEnd('/'))).Where(static n => n.EndsWith('/')).Select(static n => n[..^1]).Distinct())
        {
            if (!request.Library.Options(above + folder).IsEmpty) yield return $"{above}{folder}=";
            if (request.Library.Folders.Any(f => f.List(above + folder).Any(static n => n.EndsWith('/')))) yield return $"{above}{folder}/";
        }
    }

    private ImmutableArray<ConfigEntry> Present(string above) => (above.Length == 0 ? _tree.Value : Find(above[..^1]) as ConfigNode.Mapping)?.Entries ?? [];

    private IEnumerable<string> Keys(string above)
    {
        foreach (var entry in Present(above)) yield return entry.Key + (entry.Value is ConfigNode.Mapping ? "." : "=");
        foreach (var known in BuiltInKeys.All.Where(k => k.StartsWith(above, StringComparison.Ordinal)).Select(k => k[above.Length..]))
        {
            var dot = known.IndexOf('.', StringComparison.Ordinal);
            if (dot >= 0) yield return known[..(dot + 1)];
            else if (!BuiltInKeys.All.Any(k => k.StartsWith($"{above}{known}.", StringComparison.Ordinal))) yield return $"{known}=";
        }
    }

    private ConfigNode? Find(string key) => _tree.Value is { } tree ? Merging.Find(tree, key.Split('.')) : null;
}
