using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>What lies under, in and over a file that has no <c>defaults:</c> of its own.</summary>
/// <param name="Content">The file without the bare names that choose a group's option, and without what a chosen group replaces.</param>
internal sealed record PrimaryEntries(List<DefaultsEntry> Entries, ConfigNode.Mapping Content)
{
    /// <summary>The entries as they stand in the file.</summary>
    public static PrimaryEntries Listed(ConfigFile file, ConfigNode.Mapping content) => new([.. file.Defaults ?? []], content);

    public static PrimaryEntries Implied(ConfigNode.Mapping content, ImmutableArray<UnderlyingGroup> underneath, OverridesByKind overrides, GroupSwitch change, ConfigLibrary library, DiagnosticBag report)
    {
        var at = content.At with { Line = 1, Column = 1 };
        var entries = underneath.Where(g => library.HasGroup(g.Group)).ToDictionary(static g => g.Group, g => Entry(at, g.Group, g.Option is null ? OptionChoice.None.Instance : new OptionChoice.One(g.Option), Presence.Optional));
        var order = underneath.Select(static g => g.Group).Where(entries.ContainsKey).ToList();
        content = ChooseByName(content, entries, order, library, report);
        var over = new List<DefaultsEntry>();
        foreach (var (key, chosen) in overrides.Chosen)
        {
            var isListed = entries.ContainsKey(key);
            if (!isListed && key.Contains('@', StringComparison.Ordinal)) continue;
            chosen.IsUsed = true;
            var entry = Entry(chosen.At, key, chosen.Choice, Presence.Required) with { SaidBy = chosen.By };
            if (change is GroupSwitch.Replaces)
            {
                if (entries.Remove(key)) order.Remove(key);
                content = Without(content, key);
                over.Add(entry);
            }
            else
            {
                entries[key] = entry;
                if (!isListed) order.Add(key);
            }
        }
        foreach (var (group, deleted) in overrides.Deleted)
            if (Merging.Find(content, group.Split('/')) is not null && deleted.Option is null) { deleted.IsUsed = true; content = Without(content, group); }
        return new([.. order.Select(g => entries[g]), new DefaultsEntry.Self(at), .. over], content);
    }

    /// <summary>A bare name at a group's key is that group's choice.</summary>
    private static ConfigNode.Mapping ChooseByName(ConfigNode.Mapping content, Dictionary<string, DefaultsEntry.Group> entries, List<string> order, ConfigLibrary library, DiagnosticBag report)
    {
        foreach (var entry in content.Entries)
        {
            if (entry.Value is not ConfigNode.Scalar scalar || ScalarValue.Of(scalar) is not ScalarValue.Text { Value: var name } || !library.HasGroup(entry.Key)) continue;
            var options = library.Options(entry.Key);
            if (options.Contains(name))
            {
                if (!entries.ContainsKey(entry.Key)) order.Add(entry.Key);
                entries[entry.Key] = Entry(scalar.At, entry.Key, new OptionChoice.One(name), Presence.Required);
                content = Without(content, entry.Key);
            }
            else if (entries.ContainsKey(entry.Key) && !TemplateParser.MayInterpolate(name))
                report.Error("CFG062", scalar.At, $"'{entry.Key}' has no option '{name}'", (Suggestion.Nearest(name, options) is { } near ? $"did you mean '{near}'? " : "") + $"Options: {string.Join(", ", options)}; or write its settings as a mapping");
        }
        return content;
    }

    private static DefaultsEntry.Group Entry(SourceSpan at, string group, OptionChoice choice, Presence presence) => new(at, group, null, choice, presence) { IsFromOutside = true };

    private static ConfigNode.Mapping Without(ConfigNode.Mapping content, string group) =>
        Merging.Find(content, group.Split('/')) is null ? content : (ConfigNode.Mapping)Merging.Remove(content, group.Split('/'));
}
