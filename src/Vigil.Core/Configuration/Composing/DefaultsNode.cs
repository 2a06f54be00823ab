namespace Vigil.Configuration.Composing;

/// <summary>An entry of a defaults list in its place: it knows the config that lists it, and so its file and its package.</summary>
internal sealed class DefaultsNode
{
    private const string Global = "_global_";

    private readonly string _relativeGroup;
    private readonly string _parentPackage;
    private readonly string? _ownPackage;

    private DefaultsNode(DefaultsNode? parent, Origin origin, string group, string? package, SourceSpan at, string saidBy)
    {
        (Parent, _relativeGroup, At, SaidBy) = (parent, group, at, saidBy);
        Depth = parent is null ? 0 : parent.Depth + 1;
        var above = origin is Origin.BesideParent ? parent?.Group ?? "" : "";
        Group = above.Length == 0 ? group : group.Length == 0 ? above : $"{above}/{group}";
        _parentPackage = origin is Origin.Outside ? "" : parent?.Package ?? "";
        _ownPackage = package switch
        {
            null => null,
            "_here_" => "",
            _ when package.Contains("_group_", StringComparison.Ordinal) => $"{Global}.{package.Replace("_group_", DefaultPackage, StringComparison.Ordinal)}",
            _ => package,
        };
    }

    /// <summary>What a group's path and its package are counted from: the listing config; the top for the path alone; the top for both.</summary>
    private enum Origin { BesideParent, FromTop, Outside }

    /// <summary>The config that lists this; null for the primary one.</summary>
    public DefaultsNode? Parent { get; }

    /// <summary>How many configs list each other above this one.</summary>
    public int Depth { get; }

    /// <summary>The config group, from the top.</summary>
    public string Group { get; }

    /// <summary>The option; null for none, <c>???</c> when one must be chosen.</summary>
    public string? Name { get; set; }

    /// <summary>Whether it is a group with an option that can be overridden; else a fixed config.</summary>
    public bool IsGroup { get; private init; }

    /// <summary>Whether it stands for the content of the config that lists it.</summary>
    public bool IsSelf { get; private init; }

    public Presence Presence { get; private init; }

    /// <summary>The entry, or the override that changed it.</summary>
    public SourceSpan At { get; set; }

    /// <summary>The same as text.</summary>
    public string SaidBy { get; set; }

    /// <summary>The package that the file asks for; null without one.</summary>
    public string? Header { private get; set; }

    public ConfigFile? File { get; set; }

    /// <summary>In the order of merging, this config's own content among them; null when it lists nothing.</summary>
    public List<DefaultsNode>? Children { get; set; }

    /// <summary>Whether it gives nothing: deleted, optional and missing, or wrong.</summary>
    public bool IsLeftOut { get; set; }

    /// <summary>Whether its option was refused: what depends on it is no mistake of its own.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Those overrides that come after this entry, where its own option waits for others to be known.</summary>
    public HashSet<string>? Eligible { get; set; }

    public string Config => Group.Length == 0 ? Name ?? "" : $"{Group}/{Name}";

    public bool IsInterpolated => !IsSelf && (Interpolates(Name) || !IsGroup && Interpolates(Group));

    /// <summary>Where the content goes, dotted from the top; empty for the top.</summary>
    public string Package => Final(_ownPackage ?? FromTop(Header));

    /// <summary>What an override must call this entry: its group, with its package where that is not the group's own.</summary>
    public string OverrideKey
    {
        get
        {
            var package = Final(_ownPackage);
            return package == DefaultPackage ? Group : $"{Group}@{(package.Length == 0 ? Global : package)}";
        }
    }

    private string DefaultPackage => Group.Replace('/', '.');

    public static DefaultsNode OfPrimary(string config, ConfigFile file)
    {
        var (group, name) = Split(config);
        return new(null, Origin.FromTop, group, null, new(file.Source.Name, 1, 1), "") { Name = name, File = file, Header = file.Header };
    }

    public static DefaultsNode OfSelf(DefaultsNode parent, SourceSpan at) => new(parent, Origin.BesideParent, "", null, at, "_self_") { IsSelf = true };

    public static DefaultsNode Of(DefaultsNode parent, DefaultsEntry.Config entry) =>
        OfConfig(parent, OriginOf(entry.Path), entry.Path, entry.Package, entry.Presence, entry.At, entry.Path + Suffix(entry.Package));

    public static DefaultsNode Of(DefaultsNode parent, DefaultsEntry.Group entry) =>
        new(parent, OriginOf(entry), entry.Name.TrimStart('/'), entry.Package, entry.At, entry.SaidBy ?? $"{entry.Name}{Suffix(entry.Package)}: {entry.Choice}")
        { IsGroup = true, Presence = entry.Presence, Name = entry.Choice is OptionChoice.One one ? one.Name : null };

    /// <summary>One of the options that a group's list names: a fixed config from here on.</summary>
    public static DefaultsNode OfListed(DefaultsNode parent, DefaultsEntry.Group entry, string option, DefaultsNode group) =>
        OfConfig(parent, OriginOf(entry), $"{entry.Name}/{option}", entry.Package, entry.Presence, group.At, group.SaidBy);

    /// <summary>The entry that an override is about, so that both have the same key.</summary>
    public static DefaultsNode Of(DefaultsNode parent, DefaultsEntry.Override entry) =>
        new(parent, OriginOf(entry.Name), entry.Name.TrimStart('/'), entry.Package, entry.At, $"override {entry.Name}{Suffix(entry.Package)}: {entry.Choice}") { IsGroup = true };

    /// <summary>This entry with its interpolations replaced.</summary>
    public DefaultsNode Resolved(Func<string, string> replace)
    {
        if (IsGroup) { Name = replace(Name!); return this; }
        var resolved = replace($"{_relativeGroup}/{Name}".TrimStart('/'));
        return OfConfig(Parent!, Group == _relativeGroup ? Origin.FromTop : Origin.BesideParent, resolved, _ownPackage, Presence, At, SaidBy);
    }

    private static DefaultsNode OfConfig(DefaultsNode parent, Origin origin, string path, string? package, Presence presence, SourceSpan at, string saidBy)
    {
        var (group, name) = Split(path.TrimStart('/'));
        return new(parent, origin, group, package, at, saidBy) { Name = name, Presence = presence };
    }

    private static Origin OriginOf(string path) => path.StartsWith('/') ? Origin.FromTop : Origin.BesideParent;

    private static Origin OriginOf(DefaultsEntry.Group entry) => entry.IsFromOutside ? Origin.Outside : OriginOf(entry.Name);

    private static string Suffix(string? package) => package is null ? "" : $"@{package}";

    private static bool Interpolates(string? text) => text is not null && text.Contains("${", StringComparison.Ordinal);

    private static (string Group, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }

    private string Final(string? package)
    {
        package ??= _relativeGroup.Replace('/', '.');
        var whole = _parentPackage.Length == 0 ? package : package.Length == 0 ? _parentPackage : $"{_parentPackage}.{package}";
        var global = whole.LastIndexOf(Global, StringComparison.Ordinal);
        return global < 0 ? whole : whole[Math.Min(whole.Length, global + Global.Length + 1)..];
    }

    /// <summary>A file's own package always counts from the top.</summary>
    private static string? FromTop(string? header) => header switch
    {
        null => null,
        Global => Global,
        _ when header.StartsWith(Global + ".", StringComparison.Ordinal) => header,
        _ => $"{Global}.{header}",
    };
}
