namespace Vigil.Configuration.Composing;

/// <summary>Says what is wrong with a defaults list, where, and what to do.</summary>
internal sealed class DefaultsMistakes(ConfigLibrary library, GroupChoices choices, DiagnosticBag report)
{
    private const int ManyOptions = 24;

    /// <summary>Two <c>_self_</c>, and entries behind an override.</summary>
    public void Order(DefaultsNode node, List<DefaultsEntry> entries)
    {
        var own = entries.OfType<DefaultsEntry.Self>().ToList();
        foreach (var second in own.Skip(1)) report.Error("CFG067", second.At, $"'_self_' stands twice in the defaults list of '{node.Config}'", $"the first one is in line {own[0].At.Line}: keep one");
        foreach (var second in own.Skip(1)) entries.RemoveAt(entries.LastIndexOf(second));
        if (entries.Find(static e => e is DefaultsEntry.Override) is not DefaultsEntry.Override change) return;
        var late = entries.Skip(entries.IndexOf(change)).Where(static e => e is DefaultsEntry.Config or DefaultsEntry.Group { IsFromOutside: false }).ToList();
        foreach (var entry in late) report.Error("CFG075", entry.At, $"this entry of '{node.Config}' stands behind 'override {change.Name}'", $"overrides come last: move line {change.At.Line} to the end of the list");
        // What the overrides find is judged as if the order were right: one mistake, not two.
        entries.RemoveAll(late.Contains);
        entries.InsertRange(entries.IndexOf(change), late);
    }

    public void Endless(DefaultsNode node)
    {
        var chain = new List<string>();
        for (var above = node; above is not null; above = above.Parent) chain.Insert(0, above.Config);
        var from = chain.IndexOf(node.Config);
        if (from == chain.Count - 1) report.Error("CFG072", node.At, node.Depth > 100 ? "configs list each other more than 100 levels deep" : "the defaults lists name more than 10000 configs", "some config lists others that list others in turn: name each once");
        else report.Error("CFG072", node.At, $"the config '{node.Config}' lists itself: {string.Join(" → ", chain.Skip(from))}", "take this entry out of the defaults list, or name another config");
    }

    public void TwoOptions(DefaultsNode node, DefaultsNode other) =>
        report.Error("CFG063", node.At, $"'{node.OverrideKey}' is listed with two options, '{node.Name ?? "null"}' and '{other.Name ?? "null"}' ({other.At})",
            other.At.File == Override.File ? $"to change the option write {node.OverrideKey}={other.Name}, without '+'" : $"to change the option write '- override /{node.OverrideKey}: {other.Name ?? "null"}' behind it; for a second one give it a package: '- {node.Group}@other: {other.Name}'");

    public void Missing(DefaultsNode node)
    {
        var options = library.Options(node.Group);
        if (node.Group.Length > 0 && !library.HasGroup(node.Group))
        {
            var (above, last) = node.Group.LastIndexOf('/') is >= 0 and var slash ? (node.Group[..slash], node.Group[(slash + 1)..]) : ("", node.Group);
            var near = Suggestion.Nearest(last, library.Groups(above));
            report.Error("CFG061", node.At, $"there is no config group '{node.Group}', which {Who(node)} asks for", near is not null ? $"did you mean '{(above.Length == 0 ? near : $"{above}/{near}")}'?" : Searched());
        }
        else if (node.IsGroup)
            report.Error("CFG062", node.At, $"the config group '{node.Group}' has no option '{node.Name}', which {Who(node)} asks for", Choose(node.Name!, options));
        else
            report.Error("CFG060", node.At, $"there is no config '{node.Config}', which {Who(node)} asks for", options.IsEmpty ? Searched() : Choose(node.Name!, options));
    }

    /// <summary>An option that someone must choose.</summary>
    public Diagnostic Open(DefaultsNode node)
    {
        var options = library.Options(node.Group);
        return new("CFG070", Severity.Error, node.At, $"you must specify '{node.OverrideKey}': its option is left open with '???'", options.IsEmpty ? $"there is no config group '{node.Group}' yet" : $"for example {node.OverrideKey}={options[0]}; options: {Some(options)}");
    }

    /// <summary>The same option of the same group twice.</summary>
    public void Repeats(List<DefaultsNode> merged)
    {
        var seen = new Dictionary<string, DefaultsNode>();
        foreach (var node in merged.Where(static n => n is { IsGroup: true, Children: null }))
            if (!seen.TryAdd(node.OverrideKey, node)) report.Error("CFG063", node.At, $"'{node.OverrideKey}: {node.Name}' is listed twice ({seen[node.OverrideKey].At})", $"keep one of them; for a second copy elsewhere give it a package: '- {node.Group}@other: {node.Name}'");
    }

    public void OverrideWithinInterpolated(DefaultsNode node, DefaultsEntry.Override change) =>
        report.Error("CFG076", change.At, $"'{node.Config}' was chosen by an interpolation and cannot override '{change.Name}'", "its option is known only after all others: put the override into a config that is named outright");

    public void Unresolved(DefaultsNode node)
    {
        var known = choices.Known.Where(static k => k.Value.Name is not null).Select(static k => k.Key).Order(StringComparer.Ordinal).ToList();
        report.Error("CFG071", node.At, $"the option in '{node.SaidBy}' refers to a group that is not chosen", known.Count == 0 ? "only groups of the defaults list can stand in it" : $"groups that can stand in it: {string.Join(", ", known)}");
    }

    /// <summary>Overrides and deletions that met nothing.</summary>
    public void ReportUnused()
    {
        foreach (var choice in choices.Chosen.Where(static c => !c.IsUsed && !OverridesByKind.IsHydra(c.Key)))
        {
            var group = choice.Key.Split('@')[0];
            var keys = choices.KeysOf(group);
            var meant = keys.Count > 0 && !keys.Contains(choice.Key) ? $"did you mean {string.Join(" or ", keys)}? " : "";
            if (choice.Within is null) report.Error("CFG065", choice.At, $"'{choice.By}' overrides nothing: '{choice.Key}' is not in the defaults list", $"{meant}To add it write +{choice.Key}={choice.Choice}");
            else report.Error("CFG064", choice.At, $"'{choice.By}' in '{choice.Within}' overrides nothing: no entry before it is called '{choice.Key}'",
                meant.Length > 0 ? meant.Trim() : keys.Count > 0 ? $"'{choice.Key}' comes later: move it before this config" : $"list '{group}' before it; a group counts from the folder of '{choice.Within}' unless it begins with '/'");
        }
        foreach (var entry in choices.Deleted.Where(static d => !d.IsUsed))
        {
            var known = choices.KeysOf(entry.By.Key);
            var option = entry.Option is not null && choices.Known.TryGetValue(entry.By.Target, out var node) ? node.Name : null;
            report.Error("CFG066", entry.By.At, $"'{entry.By.Text}' deletes nothing: {(option is null ? $"'{entry.By.Target}' is not in the defaults list" : $"the option of '{entry.By.Target}' is '{option}'")}",
                option is not null ? $"write ~{entry.By.Target} to delete it whatever it is" : known.Count > 0 ? $"did you mean ~{string.Join(" or ~", known)}?" : null);
        }
    }

    private static string Who(DefaultsNode node) => node.At.File == Override.File ? $"'{node.SaidBy}'" : node.Parent is null ? "the command line" : $"'{node.Parent.Config}'";

    private static string Choose(string word, IReadOnlyCollection<string> options) =>
        (Suggestion.Nearest(word, options) is { } near ? $"did you mean '{near}'? " : "") + (options.Count == 0 ? "it has none yet" : $"Options: {Some(options)}");

    private static string Some(IReadOnlyCollection<string> options) => string.Join(", ", options.Take(ManyOptions)) + (options.Count > ManyOptions ? $", and {options.Count - ManyOptions} more" : "");

    private string Searched() => library.Folders.IsEmpty ? "no config folder is known here: name one with --config-dir" : $"looked in {string.Join(", ", library.Folders.Select(static f => f.Name))}";
}
