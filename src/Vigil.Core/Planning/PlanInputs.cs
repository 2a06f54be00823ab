using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>Everything that was read for one plan. Planning it again gives the same plan, whatever became of the files, the environment and the clock since.</summary>
/// <param name="CurrentFolder">Absolute.</param>
/// <param name="Environment">The variables that were asked for, without the secrets.</param>
/// <param name="Secrets">Variables that were asked for and whose values are not kept: they are asked for again.</param>
public sealed record PlanInputs(
    SourceFile Experiment, string? ConfigName, ImmutableArray<string> Overrides, string CurrentFolder, DateTimeOffset Now, ImmutableArray<FolderInput> Folders,
    ImmutableArray<VariableInput> Environment, ImmutableArray<string> Secrets, ImmutableArray<TextInput> Texts, ImmutableArray<NamesInput> Listings)
{
    /// <summary>What a plan is made of again.</summary>
    /// <param name="secret">The value of a variable whose value was not kept.</param>
    public PlanRequest Request(Func<string, string?> secret)
    {
        var (variables, asked) = (Environment.ToDictionary(static v => v.Name, static v => v.Value), Secrets.ToHashSet());
        var (texts, listings) = (Texts.ToDictionary(static t => t.Path, static t => t.Text), Listings.ToDictionary(static l => l.Folder, static l => l.Names));
        var world = new ConfigWorld(name => asked.Contains(name) ? secret(name) : variables.GetValueOrDefault(name), Now)
        {
            ReadText = texts.GetValueOrDefault,
            ListFolder = folder => listings.GetValueOrDefault(folder, []),
        };
        return new(Experiment, Overrides, CurrentFolder, world) { ConfigName = ConfigName, Library = new([.. Folders.Select(static f => f.Folder())]) };
    }

    /// <summary>Whether these can be the inputs of a plan at all: a file that somebody changed may hold anything.</summary>
    public bool AreWhole =>
        IsFile(Experiment) && Overrides.All(IsText) && IsPlace(CurrentFolder) && Folders.All(static f => f is { IsWhole: true })
        && Environment.All(static v => v is not null) && AreDistinct(Environment.Select(static v => v.Name)) && Secrets.All(IsText)
        && Texts.All(static t => t is not null) && AreDistinct(Texts.Select(static t => t.Path))
        && Listings.All(static l => l is not null && l.Names.All(IsText)) && AreDistinct(Listings.Select(static l => l.Folder));

    internal static bool IsFile(SourceFile? file) => file is { Name.Length: > 0 } && IsText(file.Name) && file.FullPath.Length > 0 && IsText(file.FullPath);

    internal static bool IsPlace(string? path) => path is not null && path.StartsWith('/') && IsText(path);

    internal static bool IsText(string? text) => text is not null && !text.Contains('\0', StringComparison.Ordinal);

    internal static bool AreDistinct(IEnumerable<string> names) => names.GroupBy(static n => n, StringComparer.Ordinal).All(static g => g.Count() == 1);
}

/// <summary>What was read of one folder that config files are looked for in.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="FullPath">Absolute; what is built in has none.</param>
public sealed record FolderInput(string Name, string? FullPath, ImmutableArray<ConfigInput> Files, ImmutableArray<NamesInput> Listings)
{
    internal bool IsWhole =>
        (FullPath is null || PlanInputs.IsPlace(FullPath)) && Files.All(static f => f is not null && PlanInputs.IsFile(f.File)) && PlanInputs.AreDistinct(Files.Select(static f => f.Path))
        && Listings.All(static l => l is not null && l.Names.All(PlanInputs.IsText)) && PlanInputs.AreDistinct(Listings.Select(static l => l.Folder));

    internal ConfigFolder Folder()
    {
        var (files, listings) = (Files.ToDictionary(static f => f.Path, static f => f.File), Listings.ToDictionary(static l => l.Folder, static l => l.Names));
        return new(Name, FullPath, files.GetValueOrDefault, folder => listings.GetValueOrDefault(folder, []));
    }
}

/// <summary>One config file.</summary>
/// <param name="Path">Under its folder, with its extension.</param>
public sealed record ConfigInput(string Path, SourceFile File);

/// <summary>The names in a folder; one that is empty is not kept.</summary>
public sealed record NamesInput(string Folder, ImmutableArray<string> Names);

/// <summary>One variable of the environment; null where it was not set.</summary>
public sealed record VariableInput(string Name, string? Value);

/// <summary>A text that the configuration itself asked for; null where it could not be read.</summary>
/// <param name="Path">Absolute.</param>
public sealed record TextInput(string Path, string? Text);

/// <summary>Keeps what is read while a plan is made.</summary>
public sealed class PlanRecording
{
    private readonly PlanRequest _original;
    private readonly SortedDictionary<string, string?> _environment = new(StringComparer.Ordinal), _texts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ImmutableArray<string>> _listings = new(StringComparer.Ordinal);
    private readonly ImmutableArray<RecordedFolder> _folders;

    public PlanRecording(PlanRequest original)
    {
        _original = original;
        _folders = [.. original.Library.Folders.Select(static f => new RecordedFolder(f))];
        var world = original.World;
        Request = original with
        {
            Library = new([.. _folders.Select(static f => f.Folder)]),
            World = world with
            {
                Environment = name => _environment[name] = world.Environment(name),
                ReadText = path => _texts[path] = world.ReadText(path),
                ListFolder = path => _listings[path] = world.ListFolder(path),
            },
        };
    }

    /// <summary>The same request; planning it is what is recorded.</summary>
    public PlanRequest Request { get; }

    /// <summary>What was read until now.</summary>
    public PlanInputs Inputs => new(
        _original.Experiment, _original.ConfigName, _original.Overrides, _original.CurrentFolder, _original.World.Now, [.. _folders.Select(static f => f.Input)],
        [.. _environment.Where(static v => !IsSecret(v)).Select(static v => new VariableInput(v.Key, v.Value))], [.. _environment.Where(IsSecret).Select(static v => v.Key)],
        [.. _texts.Select(static t => new TextInput(t.Key, t.Value))], Names(_listings));

    /// <summary>By its name, or by the shape of what it holds.</summary>
    private static bool IsSecret(KeyValuePair<string, string?> variable) => Secrets.IsSecretName(variable.Key) || (variable.Value is { } value && Secrets.LooksSecret(value));

    private static ImmutableArray<NamesInput> Names(SortedDictionary<string, ImmutableArray<string>> listings) =>
        [.. listings.Where(static l => !l.Value.IsEmpty).Select(static l => new NamesInput(l.Key, l.Value))];

    /// <summary>One folder of config files, and what was read of it.</summary>
    private sealed class RecordedFolder
    {
        private readonly SortedDictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, ImmutableArray<string>> _listings = new(StringComparer.Ordinal);

        public RecordedFolder(ConfigFolder folder) => Folder = folder with
        {
            Read = path =>
            {
                if (folder.Read(path) is not { } file) return null;
                return _files[path] = file;
            },
            List = path => _listings[path] = folder.List(path),
        };

        public ConfigFolder Folder { get; }

        public FolderInput Input => new(Folder.Name, Folder.FullPath, [.. _files.Select(static f => new ConfigInput(f.Key, f.Value))], Names(_listings));
    }
}
