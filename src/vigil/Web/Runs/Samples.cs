using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Web.Runs;

/// <summary>Images that a trainer makes of its prompts on the way, as kohya names them: <c>name_000100_00_20260101120000.png</c>.</summary>
internal static partial class Samples
{
    private const int Most = 2000;
    private const long LargestImage = 32 << 20;

    private static readonly ImmutableDictionary<string, string> Types = ImmutableDictionary.CreateRange(StringComparer.OrdinalIgnoreCase,
        [KeyValuePair.Create(".png", "image/png"), KeyValuePair.Create(".jpg", "image/jpeg"), KeyValuePair.Create(".jpeg", "image/jpeg"), KeyValuePair.Create(".webp", "image/webp")]);

    /// <summary>Null: it has none.</summary>
    public static string? Folder(RunRecord run)
    {
        var folder = Path.Combine(run.Plan.OutputDir, "sample");
        return FileStatus.Of(folder) is { IsFolder: true } ? folder : null;
    }

    /// <summary>The newest first.</summary>
    public static ImmutableArray<SampleCell> Of(RunRecord run, string address)
    {
        if (Folder(run) is not { } folder) return [];
        return [.. new DirectoryInfo(folder).EnumerateFiles().Where(static f => Types.ContainsKey(f.Extension) && f.LinkTarget is null)
            .OrderByDescending(static f => f.LastWriteTimeUtc).Take(Most).Select(f => Cell(f, address))];
    }

    /// <summary>Null: there is no such image. The name is looked for among those that are there, and made into no path.</summary>
    public static (byte[] Bytes, string Type)? Read(RunRecord run, string name)
    {
        if (Folder(run) is not { } folder || Directory.EnumerateFiles(folder).FirstOrDefault(f => Path.GetFileName(f) == name) is not { } path || !Types.TryGetValue(Path.GetExtension(path), out var type)) return null;
        if (FileStatus.Of(path) is not { IsRegular: true, Size: <= LargestImage }) return null;
        return (File.ReadAllBytes(path), type);
    }

    private static SampleCell Cell(FileInfo file, string address)
    {
        var name = Form.Match(Path.GetFileNameWithoutExtension(file.Name));
        long? Number(string group) => name.Groups[group] is { Success: true } found ? long.Parse(found.Value, CultureInfo.InvariantCulture) : null;
        return new($"{address}/samples/{Uri.EscapeDataString(file.Name)}", file.Name, (int?)Number("prompt"), Number("step"), Number("epoch"), file.LastWriteTime);
    }

    [GeneratedRegex(@"_(?:e(?<epoch>\d{6})|(?<step>\d{6,}))_(?<prompt>\d{2})_\d{14}(?:_\d{1,18})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
