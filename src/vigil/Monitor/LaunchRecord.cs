using System.Collections;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>What is to be known of the launch that planned a run: <c>provenance/launch-*.json</c>, beside the configurations it froze. Secrets are masked.</summary>
/// <param name="Command">The words of the command line.</param>
/// <param name="ConfigDir">Absolute.</param>
/// <param name="Overrides">The user's, as typed, for <c>config_reference.json</c>: they must still work, so nothing in them is masked.</param>
/// <param name="SubsetIndices">Null: the whole sweep.</param>
internal sealed record LaunchRecord(
    DateTimeOffset At, string Host, string User, string Folder, ImmutableArray<string> Command, string ConfigName, string ConfigDir, ImmutableArray<string> Overrides, ImmutableArray<int>? SubsetIndices,
    GitState Git, ProgramVersions Versions, IReadOnlyDictionary<string, string> Environment)
{
    private const int MostOfAVariable = 4096;

    public static async Task<LaunchRecord> GatherAsync(LaunchWords words, TimeProvider time, CancellationToken stop)
    {
        var (git, versions) = (GitState.OfAsync(Path.GetDirectoryName(words.Experiment) ?? "/", time, stop), ProgramVersions.AskAsync(time, stop));
        return new(
            time.GetLocalNow(), System.Environment.MachineName, System.Environment.UserName, words.Folder, [.. Secrets.MaskWords(words.Command)], words.ConfigName, words.ConfigDir, words.Overrides,
            words.SubsetIndices, await git, await versions, Variables());
    }

    /// <summary>The same for people: none of these values stands in it, but for the overrides, which must still work.</summary>
    public LaunchRecord Without(SecretValues secrets) => secrets.IsEmpty ? this : this with
    {
        Command = [.. Command.Select(secrets.Hide)],
        Environment = new SortedDictionary<string, string>(Environment.ToDictionary(static v => v.Key, v => secrets.Hide(v.Value)), StringComparer.Ordinal),
        Git = Git with { Status = Git.Status is { } status ? secrets.Hide(status) : null, Diff = Git.Diff is { } diff ? secrets.Hide(diff) : null },
    };

    public static void Write(ExperimentFolder folder, string name, LaunchRecord record) =>
        AtomicFile.Write(Place(folder, name), JsonSerializer.SerializeToUtf8Bytes(record, ProvenanceJson.Plain.LaunchRecord));

    /// <summary>Null where none was written, or it cannot be read: the run starts all the same.</summary>
    public static LaunchRecord? Read(ExperimentFolder folder, string name)
    {
        try
        {
            return File.Exists(Place(folder, name)) ? JsonSerializer.Deserialize(File.ReadAllBytes(Place(folder, name)), ProvenanceJson.Plain.LaunchRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Place(ExperimentFolder folder, string name) => Path.Combine(folder.Provenance, $"launch-{name}.json");

    private static SortedDictionary<string, string> Variables()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            if (variable is { Key: string name, Value: string value })
                found[name] = Secrets.Mask(name, value.Length > MostOfAVariable ? $"{value.AsSpan(0, MostOfAVariable)}…" : value);
        return found;
    }
}

/// <summary>What the command line said.</summary>
/// <param name="Folder">Where it was typed.</param>
/// <param name="Experiment">Absolute: the experiment file.</param>
internal sealed record LaunchWords(ImmutableArray<string> Command, string Folder, string Experiment, string ConfigName, string ConfigDir, ImmutableArray<string> Overrides, ImmutableArray<int>? SubsetIndices);

/// <summary>Which programs.</summary>
/// <param name="Python">The <c>python3</c> on PATH; null: there is none.</param>
internal sealed record ProgramVersions(string Vigil, string Dotnet, string Os, string Architecture, string? Python)
{
    public static async Task<ProgramVersions> AskAsync(TimeProvider time, CancellationToken stop)
    {
        var python = await new ProcessRunner(time) { MostOutput = 200 }.RunAsync(["python3", "--version"], TimeSpan.FromSeconds(5), stop);
        return new(ProgramVersion.Text, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString(), python.Succeeded ? python.Output.Trim() : null);
    }
}
