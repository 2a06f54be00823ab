using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Tracking;

/// <summary>What a run's <c>setup_finetune.yaml</c> says of where its training writes; each is null when it does not.</summary>
/// <param name="OutputBase">As written.</param>
/// <param name="RunName">What the training calls itself, to wandb and in its folder.</param>
public sealed record FineTuneSetup(string? OutputBase, string? RunName, string? Experiment)
{
    public const string FileName = "setup_finetune.yaml";

    public static FineTuneSetup None { get; } = new(null, null, null);

    public static FineTuneSetup Read(SourceFile file, DiagnosticBag report) =>
        YamlReader.Read(file, report) is ConfigNode.Mapping map && !report.HasErrors ? new(Text(map["output_dir_base"]), Text(map["my_wandb_run_name"]), Text(map["experiment_name"])) : None;

    /// <summary>Folders in which the epochs of a run may lie, the likeliest first.</summary>
    /// <param name="runFolder">Absolute: the run's own.</param>
    public ImmutableArray<string> Folders(string runFolder, string run, string group)
    {
        var folders = ImmutableArray.CreateBuilder<string>();
        if (OutputBase is { } given)
        {
            var root = (given.StartsWith('/') ? given : $"{runFolder}/{given}").TrimEnd('/');
            foreach (var name in new[] { RunName, run }.OfType<string>().Distinct())
            {
                if (Experiment is { } experiment) folders.Add($"{root}/{experiment}/ck-out-{name}");
                folders.Add($"{root}/ck-out-{name}");
                folders.Add($"{root}/{group}/ck-out-{name}");
            }
        }
        return [.. folders.Append(runFolder).Append($"{runFolder}/artifacts").Distinct(StringComparer.Ordinal)];
    }

    private static string? Text(ConfigNode? node) => node is ConfigNode.Scalar { Text: { Length: > 0 } text } scalar && !ScalarValue.IsNull(scalar) ? text : null;
}
