using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Vigil.Configuration;
using Vigil.Journaling;
using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Cli;

/// <summary>
/// A plan that <c>run</c> uses unchanged: everything that it was made of, and a digest of what came out. It is planned again from its own inputs,
/// so the runs themselves need not stand in it, and any difference shows.
/// </summary>
/// <param name="Version">Of the program that saved it.</param>
/// <param name="Runs">Their names, for people.</param>
/// <param name="Digest">SHA-256 (hex) of the experiment's header and its runs.</param>
internal sealed partial record SavedPlan(int Schema, string Kind, string Version, string? Only, string? ArraySubset, PlanInputs Inputs, ImmutableArray<string> Runs, string Digest)
{
    private const int ThisSchema = 1;
    private const string ThisKind = "vigil_plan";
    private const int Piece = 1 << 16;

    public PlanNarrowing Narrowing => new(Only, ArraySubset);

    /// <summary>Whether a text wants to be a saved plan.</summary>
    public static bool Claims(string text) => text.AsSpan().TrimStart().StartsWith("{") && KindMember.IsMatch(text);

    /// <summary>Null, with a diagnostic, when nothing can be planned from it.</summary>
    public static SavedPlan? Read(SourceFile file, DiagnosticBag report)
    {
        var at = new SourceSpan(file.Name, 0, 0);
        try
        {
            if (JsonSerializer.Deserialize(file.Text, SavedPlanJson.Default.SavedHead) is { Schema: not ThisSchema and var schema })
                report.Error("RUN060", at, $"this plan was saved in form {schema}, and this version of Vigil reads form {ThisSchema}", "use the version that saved it, or save the plan again");
            else if (JsonSerializer.Deserialize(file.Text, SavedPlanJson.Default.SavedPlan) is { Kind: ThisKind, Inputs.AreWhole: true } saved && saved.Runs.All(static r => r is not null)) return saved;
            else report.Error("RUN060", at, "this saved plan is damaged: something in it is missing or cannot be", Again);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? new SourceSpan(file.Name, (int)line + 1, (int)(e.BytePositionInLine ?? 0) + 1) : at;
            report.Error("RUN060", place, "this saved plan is damaged and cannot be read", Again);
        }
        return null;
    }

    /// <summary>Says so when planning it again gave something else.</summary>
    public void Compare(Plan plan, SourceSpan at, DiagnosticBag report)
    {
        if (DigestOf(plan) == Digest) return;
        var secrets = Inputs.Secrets.IsEmpty ? "" : $"; the values of {string.Join(", ", Inputs.Secrets)} are not kept in it and were asked for again";
        report.Error("RUN061", at, Version == ProgramVersion.Text ? $"planned again, this saved plan gives other runs{secrets}" : $"this plan was saved by Vigil {Version}; {ProgramVersion.Text} makes other runs of it{secrets}",
            "to see what differs: vigil plan EXPERIMENT --json; to take it as it is now, save it again");
    }

    /// <summary>Writes a plan, over nothing but another saved plan.</summary>
    public static void Write(CliContext context, string name, PlanRecording recording, PlanNarrowing narrowing, Plan plan, DiagnosticBag report)
    {
        var (path, at) = (context.FullPath(name), new SourceSpan(name, 0, 0));
        try
        {
            if (Directory.Exists(path)) report.Error("RUN063", at, "is a folder; --save writes a file");
            else if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder)) report.Error("RUN063", at, $"cannot be written: there is no folder {folder}");
            else if (File.Exists(path) && !Claims(File.ReadAllText(path))) report.Error("RUN063", at, "exists and is not a saved plan; --save does not write over it", "name another file");
            else
            {
                var saved = new SavedPlan(ThisSchema, ThisKind, ProgramVersion.Text, narrowing.Only, narrowing.ArraySubset, recording.Inputs, [.. plan.Runs.Select(static r => r.Id.Value)], DigestOf(plan));
                AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(saved, SavedPlanJson.Plain.SavedPlan));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Error("RUN063", at, $"the plan cannot be saved: {e.Message}");
        }
    }

    public const string Unchanged = "give the experiment file itself instead, or save another plan";
    private const string Again = "save the plan again: vigil plan EXPERIMENT --save FILE";

    /// <summary>Run by run: ten thousand of them are megabytes.</summary>
    private static string DigestOf(Plan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new ArrayBufferWriter<byte>(2 * Piece);
        using var json = new Utf8JsonWriter(bytes, new() { SkipValidation = true });
        JsonSerializer.Serialize(json, plan.Experiment, JournalJson.Default.ExperimentHeader);
        foreach (var run in plan.Runs)
        {
            JsonSerializer.Serialize(json, run, JournalJson.Default.PlannedRun);
            if (bytes.WrittenCount < Piece) continue;
            hash.AppendData(bytes.WrittenSpan);
            bytes.ResetWrittenCount();
        }
        json.Flush();
        hash.AppendData(bytes.WrittenSpan);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [GeneratedRegex("\"kind\"\\s*:\\s*\"vigil_plan\"", RegexOptions.CultureInvariant)]
    private static partial Regex KindMember { get; }
}

/// <summary>What tells whether the rest can be read.</summary>
internal sealed record SavedHead(int Schema);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SavedPlan))]
[JsonSerializable(typeof(SavedHead))]
internal sealed partial class SavedPlanJson : JsonSerializerContext
{
    /// <summary>Texts and paths as people read them.</summary>
    public static SavedPlanJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
