using System.Collections.Immutable;
using System.Text;
using Vigil.Configuration;
using Vigil.Logs.Checkpoints;

namespace Vigil.Logs;

/// <summary>All packs a log may belong to, ready to be looked for together.</summary>
public sealed class ProgressPacks
{
    private const string Folder = "progress";
    private const int MaxUserPacks = 100;

    private static readonly Lazy<ImmutableSortedDictionary<string, ProgressPack>> Shipped = new(ReadShipped);
    private static readonly Lazy<ProgressPacks> OfShipped = new(static () => Of(Shipped.Value.Values));

    private ProgressPacks(ImmutableArray<ProgressPack> all)
    {
        All = all;
        Checkpoints = new([.. all.Select(static p => p.Checkpoint).OfType<CheckpointForm>()]);
        Every = new LineFinder(all);
        Settled = all.ToImmutableDictionary(static p => p, static p => new LineFinder([p]));
    }

    /// <summary>The packs that come with the program.</summary>
    public static ProgressPacks BuiltIn => OfShipped.Value;

    /// <summary>Those that know their logs best first; among equals the user's before what is built in.</summary>
    public ImmutableArray<ProgressPack> All { get; }

    /// <summary>What names of files and folders say of checkpoints.</summary>
    public CheckpointForms Checkpoints { get; }

    /// <summary>What a log of an unknown trainer is searched for.</summary>
    internal LineFinder Every { get; }

    /// <summary>What a log is searched for once its trainer is known.</summary>
    internal ImmutableDictionary<ProgressPack, LineFinder> Settled { get; }

    /// <summary>A user's own packs, out of the folder <c>progress</c> of what is not built in. Other files of a group with that name are none.</summary>
    public static IEnumerable<SourceFile> Own(ConfigLibrary library)
    {
        var own = new ConfigLibrary([.. library.Folders.Where(static f => f.FullPath is not null)]);
        return own.Options(Folder).Take(MaxUserPacks).Select(name => own.Find($"{Folder}/{name}")).OfType<SourceFile>()
            .Where(static f => YamlReader.Read(f, new DiagnosticBag()) is not ConfigNode.Mapping map || map["lines"] is not null);
    }

    /// <summary>What is built in, and these files' packs: a file stands for the built-in one of its name. What is wrong with one is reported, and it is left out.</summary>
    public static ProgressPacks With(IEnumerable<SourceFile> own, DiagnosticBag report)
    {
        var packs = Shipped.Value;
        foreach (var file in own)
            if (PackReader.Read(file, report) is { } pack) packs = packs.SetItem(Path.GetFileNameWithoutExtension(file.Name), pack);
        return ReferenceEquals(packs, Shipped.Value) ? BuiltIn : Of(packs.Values);
    }

    /// <summary>Reports what is wrong with these files' packs.</summary>
    public static void Check(IEnumerable<SourceFile> own, DiagnosticBag report)
    {
        foreach (var file in own) PackReader.Read(file, report);
    }

    /// <summary>These packs and no others.</summary>
    public static ProgressPacks Of(IEnumerable<ProgressPack> packs) => new([.. packs.OrderByDescending(static p => p.Kind)]);

    private static ImmutableSortedDictionary<string, ProgressPack> ReadShipped()
    {
        var report = new DiagnosticBag();
        var assembly = typeof(ProgressPacks).Assembly;
        var packs = ImmutableSortedDictionary.CreateBuilder<string, ProgressPack>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(static n => n.StartsWith(Folder + "/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            if (PackReader.Read(new SourceFile(name, name, reader.ReadToEnd()), report) is { } pack) packs.Add(Path.GetFileNameWithoutExtension(name), pack);
        }
        return report.All is [var mistake, ..] ? throw new InvalidOperationException(mistake.ToString()) : packs.ToImmutable();
    }
}

/// <summary>Finds, in one pass over a line, the places that some packs know.</summary>
internal sealed class LineFinder
{
    private readonly LiteralSet _literals;
    private readonly ImmutableArray<ImmutableArray<PackEntry>> _entries;

    public LineFinder(ImmutableArray<ProgressPack> packs)
    {
        var all = packs.SelectMany(static p => p.Lines.SelectMany(l => l.Holds.Select(h => (Text: Encoding.Latin1.GetString(h), Entry: new PackEntry(p, l))))).ToList();
        var texts = all.Select(static a => a.Text).Distinct().ToImmutableArray();
        _literals = new LiteralSet([.. texts.Select(static t => Encoding.Latin1.GetBytes(t))]);
        // Only the longest text at a place is found: it stands for those it begins with.
        _entries = [.. texts.Select(t => all.Where(a => t.StartsWith(a.Text, StringComparison.Ordinal)).Select(static a => a.Entry).Distinct().ToImmutableArray())];
    }

    public bool TryFind(ReadOnlySpan<byte> line, int from, out int at, out ImmutableArray<PackEntry> entries)
    {
        var found = _literals.TryFind(line, from, out at, out var literal);
        entries = found ? _entries[literal] : default;
        return found;
    }
}

/// <summary>A form of line and whose it is.</summary>
internal readonly record struct PackEntry(ProgressPack Pack, PackLine Line);
