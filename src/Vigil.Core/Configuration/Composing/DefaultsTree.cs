using System.Text.RegularExpressions;

namespace Vigil.Configuration.Composing;

/// <summary>
/// Walks defaults lists from the primary config down, backwards: an override in a list changes what stands before it,
/// so it must be met first. Hydra 1.4 does the same.
/// </summary>
internal sealed partial class DefaultsTree(ConfigFiles files, GroupChoices choices, Sweeps sweeps, DiagnosticBag report)
{
    private const int MostNodes = 10_000;
    private const int MaxDepth = 100;

    private readonly DefaultsMistakes _mistakes = new(files.Library, choices, report);
    private int _nodes;

    /// <summary>Groups whose option a sweep has yet to give.</summary>
    public List<OpenGroup> Open { get; } = [];

    /// <summary>The first entry that is about Hydra itself and names no file of the user's; null without one.</summary>
    public SourceSpan? Ignored { get; private set; }

    /// <summary>The configs in the order of merging; each stands for its own content.</summary>
    public List<DefaultsNode> Walk(DefaultsNode primary, List<DefaultsEntry> entries)
    {
        Expand(primary, entries, null);
        ResolveInterpolations(primary);
        Ignored ??= choices.Chosen.FirstOrDefault(static c => !c.IsUsed && OverridesByKind.IsHydra(c.Key))?.At;
        _mistakes.ReportUnused();
        var merged = new List<DefaultsNode>();
        Collect(primary, merged);
        _mistakes.Repeats(merged);
        return merged;
    }

    private void Visit(DefaultsNode node, HashSet<string>? eligible)
    {
        if (++_nodes > MostNodes || node.Depth > MaxDepth || IsWithinItself(node))
        {
            if (_nodes <= MostNodes + 1) _mistakes.Endless(node);
            node.IsLeftOut = true;
            return;
        }
        if (node.Name is not (null or "???")) node.File = files.Find(node.Config, report);
        node.Header = node.File?.Header;
        if (choices.Takes(node)) { node.IsLeftOut = true; return; }
        if (node.IsGroup && choices.Learn(node) is { } other) { _mistakes.TwoOptions(node, other); node.IsLeftOut = true; return; }
        if (node.Name is null) { node.IsLeftOut = true; return; }
        if (node.File is { } file) Expand(node, [.. file.Defaults ?? []], eligible);
        else Miss(node);
    }

    private void Miss(DefaultsNode node)
    {
        node.IsLeftOut = true;
        if (node.Presence is Presence.Optional && node.Name != "???" || files.IsBroken(node.Config)) return;
        if (OverridesByKind.IsHydra(node.Config)) { Ignored ??= node.At; return; }
        node.IsRefused = true;
        if (node.Name != "???") _mistakes.Missing(node);
        else if (sweeps is Sweeps.Refused) report.Add(_mistakes.Open(node));
        else Open.Add(new(node.OverrideKey, _mistakes.Open(node)));
    }

    private void Expand(DefaultsNode node, List<DefaultsEntry> entries, HashSet<string>? eligible)
    {
        if (entries.Count == 0) return;
        _mistakes.Order(node, entries);
        if (!entries.Exists(static e => e is DefaultsEntry.Self) && entries.Exists(static e => e is not DefaultsEntry.Override)) entries.Insert(Own(entries), new DefaultsEntry.Self(node.At));
        var children = new List<DefaultsNode>();
        for (var i = entries.Count - 1; i >= 0; i--) Add(node, entries[i], children, eligible);
        if (children.Count == 0) return;
        children.Reverse();
        node.Children = children;
    }

    /// <summary>Without <c>_self_</c> the own content goes behind everything that the list names, and before what the command line adds.</summary>
    private static int Own(List<DefaultsEntry> entries)
    {
        var place = entries.Count;
        while (place > 0 && entries[place - 1] is DefaultsEntry.Group { IsFromOutside: true }) place--;
        return place;
    }

    private void Add(DefaultsNode parent, DefaultsEntry entry, List<DefaultsNode> children, HashSet<string>? eligible)
    {
        switch (entry)
        {
            case DefaultsEntry.Self:
                children.Add(DefaultsNode.OfSelf(parent, entry.At));
                break;
            case DefaultsEntry.Override change when eligible is not null:
                _mistakes.OverrideWithinInterpolated(parent, change);
                break;
            case DefaultsEntry.Override change:
                choices.Choose(new(DefaultsNode.Of(parent, change).OverrideKey, change.Choice, change.At, DefaultsNode.Of(parent, change).SaidBy, parent.Config));
                break;
            case DefaultsEntry.Config config:
                AddNode(DefaultsNode.Of(parent, config), children, eligible);
                break;
            case DefaultsEntry.Group group:
                AddGroup(parent, group, children, eligible);
                break;
        }
    }

    private void AddGroup(DefaultsNode parent, DefaultsEntry.Group entry, List<DefaultsNode> children, HashSet<string>? eligible)
    {
        var node = DefaultsNode.Of(parent, entry);
        var choice = entry.Choice;
        if (choices.For(node.OverrideKey, eligible) is { } chosen)
        {
            chosen.IsUsed = true;
            (choice, node.At, node.SaidBy) = (chosen.Choice, chosen.At, chosen.By);
            node.Name = choice is OptionChoice.One one ? one.Name : null;
        }
        if (choice is not OptionChoice.Many many) { AddNode(node, children, eligible); return; }
        if (choices.Takes(node)) return;
        for (var i = many.Names.Length - 1; i >= 0; i--) AddNode(DefaultsNode.OfListed(parent, entry, many.Names[i], node), children, eligible);
    }

    private void AddNode(DefaultsNode node, List<DefaultsNode> children, HashSet<string>? eligible)
    {
        children.Add(node);
        if (node.IsInterpolated) node.Eligible = eligible ?? [.. choices.ChosenKeys];
        else Visit(node, eligible);
    }

    /// <summary>Options such as <c>${db}_${server}</c> are known once everything else is; one may lead to a choice that another waits for.</summary>
    private void ResolveInterpolations(DefaultsNode root)
    {
        var waiting = new List<(List<DefaultsNode> Siblings, int Place)>();
        while (true)
        {
            waiting.Clear();
            Waiting(root, waiting);
            if (waiting.Find(w => Resolution(w.Siblings[w.Place]) is not null) is not { Siblings: { } siblings } found) break;
            var eligible = siblings[found.Place].Eligible;
            var followsRefused = FollowsRefused(siblings[found.Place]);
            var node = siblings[found.Place].Resolved(text => Replace(text) ?? text);
            siblings[found.Place] = node;
            if (followsRefused) node.IsLeftOut = true;
            else Visit(node, eligible);
        }
        foreach (var (siblings, place) in waiting)
        {
            if (!FollowsRefused(siblings[place])) _mistakes.Unresolved(siblings[place]);
            siblings[place].IsLeftOut = true;
        }
    }

    private bool FollowsRefused(DefaultsNode node) =>
        InterpolationForm.Matches(node.Config).Any(m => choices.Known.TryGetValue(m.Groups["key"].Value, out var known) && known.IsRefused);

    private static void Waiting(DefaultsNode node, List<(List<DefaultsNode> Siblings, int Place)> waiting)
    {
        for (var i = 0; i < (node.Children?.Count ?? 0); i++)
        {
            if (node.Children![i].IsInterpolated) waiting.Add((node.Children, i));
            else Waiting(node.Children[i], waiting);
        }
    }

    private string? Resolution(DefaultsNode node) => Replace(node.IsGroup ? node.Name! : node.Config);

    /// <summary>Null while a choice is missing.</summary>
    private string? Replace(string text)
    {
        var replaced = InterpolationForm.Replace(text, m => choices.Known.TryGetValue(m.Groups["key"].Value, out var node) && node.Name is { } name && name != "???" ? name : m.Value);
        return replaced.Contains("${", StringComparison.Ordinal) ? null : replaced;
    }

    private static bool IsWithinItself(DefaultsNode node)
    {
        if (node.Name is null) return false;
        for (var above = node.Parent; above is not null; above = above.Parent)
            if (above.Config == node.Config) return true;
        return false;
    }

    private static void Collect(DefaultsNode node, List<DefaultsNode> merged)
    {
        if (node.IsLeftOut) return;
        if (node.Children is null) { if (node.File is not null) merged.Add(node); }
        else
            foreach (var child in node.Children)
            {
                if (child.IsSelf) merged.Add(node);
                else Collect(child, merged);
            }
    }

    [GeneratedRegex(@"\$\{\s*(?<key>[^{}]*?)\s*\}", RegexOptions.CultureInvariant)]
    private static partial Regex InterpolationForm { get; }
}
