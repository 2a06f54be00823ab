using System.Collections.Immutable;

namespace Vigil.Configuration.Composing;

/// <summary>The overrides of a composition, sorted by what they are about; the config folders tell groups from keys.</summary>
internal sealed class OverridesByKind
{
    private readonly ConfigLibrary _library;
    private readonly DiagnosticBag _report;
    private readonly Dictionary<string, ChosenOption> _chosen = [];
    private readonly Dictionary<string, DeletedEntry> _deleted = [];
    private readonly List<Override> _values = [];
    private readonly List<Override> _sweeps = [];
    private readonly List<Override> _hydra = [];
    private readonly List<DefaultsEntry.Group> _added = [];

    private OverridesByKind(ConfigLibrary library, DiagnosticBag report) => (_library, _report) = (library, report);

    public IReadOnlyDictionary<string, ChosenOption> Chosen => _chosen;
    public IReadOnlyDictionary<string, DeletedEntry> Deleted => _deleted;

    /// <summary>Those that change values; one that deleted a listed config is none of them.</summary>
    public IEnumerable<Override> Values => _values.Where(v => !(_deleted.TryGetValue(v.Key, out var entry) && entry.IsUsed && entry.By == v));

    public IReadOnlyList<Override> SweepOverrides => _sweeps;
    public IReadOnlyList<Override> Hydra => _hydra;

    /// <summary>Entries behind the primary config's own list: <c>+db=pg</c>.</summary>
    public IReadOnlyList<DefaultsEntry.Group> Added => _added;

    /// <param name="isValue">Whether a group's override is meant as a value after all.</param>
    public static OverridesByKind Of(IEnumerable<Override> overrides, ConfigLibrary library, Sweeps sweeps, Func<Override, bool> isValue, DiagnosticBag report)
    {
        var sorted = new OverridesByKind(library, report);
        foreach (var one in overrides) sorted.Add(one, sweeps, isValue);
        return sorted;
    }

    private void Add(Override one, Sweeps sweeps, Func<Override, bool> isValue)
    {
        if (IsHydra(one.Key)) AddHydra(one);
        else if (one.IsSweep) AddSweep(one, sweeps);
        else if (!_library.HasGroup(one.Key)) AddValue(one);
        else if (one.Value is OverrideValue.Element { Value: HydraValue.Dict } || isValue(one)) AddValue(one);
        else AddGroup(one);
    }

    internal static bool IsHydra(string key) => key == "hydra" || key.StartsWith("hydra.", StringComparison.Ordinal) || key.StartsWith("hydra/", StringComparison.Ordinal);

    private void AddHydra(Override one)
    {
        if (one.IsSweep) _report.Error("CFG085", one.At, $"'{one.Text}' sweeps over Hydra's own settings, which change nothing here", "sweep over keys of your configuration");
        else _hydra.Add(one);
    }

    private void AddSweep(Override one, Sweeps sweeps)
    {
        // A later override of the same key takes the place of an earlier one in the order of axes.
        var place = _sweeps.FindIndex(s => s.KeyElement == one.KeyElement);
        if (sweeps is Sweeps.Refused) AmbiguousSweep.Report(one, _report);
        else if (one.Kind is OverrideKind.Delete) _report.Error("CFG074", one.At, $"'{one.Text}' cannot sweep over a deletion", $"write ~{one.Target}");
        else if (one.Expand(_library.Options(one.Key)) is { Mistake: { } mistake }) _report.Error("CFG074", one.At, $"'{one.Text}' cannot be swept: {mistake}");
        else if (place >= 0) _sweeps[place] = one;
        else _sweeps.Add(one);
        _values.RemoveAll(v => v.KeyElement == one.KeyElement);
    }

    private void AddValue(Override one)
    {
        _sweeps.RemoveAll(s => s.KeyElement == one.KeyElement);
        if (one is { Kind: OverrideKind.Delete, Package: null, Value: null } && _library.Find(one.Key) is not null) _deleted[one.Key] = new(one, null) { MayBeKey = true };
        _values.Add(one);
    }

    private void AddGroup(Override one)
    {
        _sweeps.RemoveAll(s => s.KeyElement == one.KeyElement);
        var key = one.Package is "" ? $"{one.Key}@_global_" : one.Target;
        var choice = Choice(one);
        if (one.Kind is OverrideKind.Force) _report.Error("CFG078", one.At, $"'{one.Text}': a config group is changed or added, not both at once", $"write {one.Target}=… to change its option, or +{one.Target}=… to add it");
        else if (one.Kind is OverrideKind.Delete && one.Value is null) _deleted[key] = new(one, null);
        else if (choice is null) _report.Error("CFG078", one.At, $"'{one.Text}': an option of the config group '{one.Key}' is a name or a list of names", $"options: {string.Join(", ", _library.Options(one.Key))}" + (one.Value is OverrideValue.Element { Value: HydraValue.Plain { Value: ScalarValue.Null } } ? $"; to take it out write ~{one.Target}" : ""));
        else if (one.Kind is OverrideKind.Delete) _deleted[key] = new(one, (choice as OptionChoice.One)?.Name ?? choice.ToString());
        else if (one.Kind is OverrideKind.Add) _added.Add(new(one.At, one.Key, one.Package, choice, Presence.Required) { IsFromOutside = true, SaidBy = one.Text });
        else _chosen[key] = new(key, choice, one.At, one.Text, null);
    }

    private static OptionChoice? Choice(Override one) => one.Value switch
    {
        OverrideValue.Element { Value.Unquoted: { } name } => new OptionChoice.One(name),
        OverrideValue.Element { Value: HydraValue.List list } when list.Items.All(static i => i.Unquoted is not null) => new OptionChoice.Many([.. list.Items.Select(static i => i.Unquoted!)]),
        _ => null,
    };
}
