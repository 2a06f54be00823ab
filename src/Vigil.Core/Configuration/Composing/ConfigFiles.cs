namespace Vigil.Configuration.Composing;

/// <summary>The config files of a library, each read and taken apart once however often it is composed.</summary>
internal sealed class ConfigFiles(ConfigLibrary library)
{
    private readonly Dictionary<string, (ConfigFile? File, IReadOnlyList<Diagnostic> Mistakes)> _read = [];

    public ConfigLibrary Library => library;

    /// <summary>Null when no folder has it, and with diagnostics when it cannot be used.</summary>
    public ConfigFile? Find(string config, DiagnosticBag report) => library.Find(config) is { } source ? Read(source, report) : null;

    /// <summary>Whether the file is there and cannot be used.</summary>
    public bool IsBroken(string config) => library.Find(config) is { } source && _read.TryGetValue(source.FullPath, out var known) && known.File is null;

    /// <summary>Null with diagnostics when it cannot be used.</summary>
    public ConfigFile? Read(SourceFile source, DiagnosticBag report)
    {
        if (!_read.TryGetValue(source.FullPath, out var known) || known.File is { } file && !ReferenceEquals(file.Source, source) && file.Source.Text != source.Text)
        {
            var own = new DiagnosticBag();
            _read[source.FullPath] = known = (ConfigFile.Read(source, own), own.All);
        }
        foreach (var mistake in known.Mistakes) report.Add(mistake);
        return known.File;
    }
}
