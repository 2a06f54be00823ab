namespace Vigil.Configuration.Composing;

/// <summary>A change of a group's option, by an override of the command line or of a defaults list.</summary>
/// <param name="By">As text, for messages.</param>
/// <param name="Within">The config whose defaults list says so; null for the command line.</param>
internal sealed record ChosenOption(string Key, OptionChoice Choice, SourceSpan At, string By, string? Within)
{
    public bool IsUsed { get; set; }
}

/// <summary>A group, or a fixed config, taken out by the command line.</summary>
/// <param name="Option">The option that must be chosen for it to be taken out; null whatever it is.</param>
internal sealed record DeletedEntry(Override By, string? Option)
{
    public bool IsUsed { get; set; }

    /// <summary>Whether it may also mean a key that is called like a config.</summary>
    public bool MayBeKey { get; init; }
}

/// <summary>Which options are chosen, deleted and known while a defaults list is walked.</summary>
internal sealed class GroupChoices
{
    private readonly Dictionary<string, ChosenOption> _chosen = [];
    private readonly Dictionary<string, DeletedEntry> _deleted = [];
    private readonly Dictionary<string, DefaultsNode> _known = [];
    private readonly Dictionary<string, SortedSet<string>> _keysOfGroup = [];

    public IEnumerable<ChosenOption> Chosen => _chosen.Values;
    public IEnumerable<DeletedEntry> Deleted => _deleted.Values.Where(static d => !d.MayBeKey);
    public IReadOnlyDictionary<string, DefaultsNode> Known => _known;
    public IEnumerable<string> ChosenKeys => _chosen.Keys;

    /// <summary>A later override of the command line takes an earlier one's place.</summary>
    public void ChooseFromOutside(ChosenOption choice) => _chosen[choice.Key] = choice;

    public void DeleteFromOutside(string key, DeletedEntry entry) => _deleted[key] = entry;

    /// <summary>The walk goes backwards, so the first override that it meets is the last one, and that one holds; the command line holds over all.</summary>
    public void Choose(ChosenOption choice) => _chosen.TryAdd(choice.Key, choice);

    /// <param name="eligible">The overrides that may change this entry; null for all.</param>
    public ChosenOption? For(string key, HashSet<string>? eligible) =>
        _chosen.TryGetValue(key, out var choice) && (eligible is null || eligible.Contains(key)) ? choice : null;

    /// <summary>Whether the command line takes this entry out.</summary>
    public bool Takes(DefaultsNode node)
    {
        var key = node.IsGroup ? node.OverrideKey : node.Config;
        if (!_deleted.TryGetValue(key, out var entry) || entry.Option is not null && (!node.IsGroup || entry.Option != node.Name)) return false;
        return entry.IsUsed = true;
    }

    /// <summary>Remembers a group's option; the one known before when it is another.</summary>
    public DefaultsNode? Learn(DefaultsNode node)
    {
        var key = node.OverrideKey;
        if (!_keysOfGroup.TryGetValue(node.Group, out var keys)) _keysOfGroup[node.Group] = keys = new(StringComparer.Ordinal);
        keys.Add(key);
        return _known.TryAdd(key, node) || _known[key].Name == node.Name ? null : _known[key];
    }

    /// <summary>The names under which a group stands in the list.</summary>
    public IReadOnlyCollection<string> KeysOf(string group) => _keysOfGroup.TryGetValue(group, out var keys) ? keys : [];
}
