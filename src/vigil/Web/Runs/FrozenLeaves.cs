using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Journaling;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Web.Runs;

/// <summary>A run's frozen configuration, leaf by leaf, with what is secret masked.</summary>
internal static class FrozenLeaves
{
    public static ImmutableArray<ConfigLeaf> Of(ExperimentSight experiment, RunRecord run)
    {
        if (new FrozenConfigs(experiment.Folder).Find(run.Plan) is not { } frozen) return [];
        var swept = run.Plan.Overrides.Select(static c => c.Key).ToHashSet(StringComparer.Ordinal);
        var typed = (experiment.State.Experiment?.Overrides ?? []).Select(OverrideText.KeyOf).ToHashSet(StringComparer.Ordinal);
        var leaves = ImmutableArray.CreateBuilder<ConfigLeaf>();
        using var json = JsonDocument.Parse(frozen.ResolvedJson);
        Add("", json.RootElement);
        return leaves.DrainToImmutable();

        void Add(string key, JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object when value.EnumerateObject().Any():
                    foreach (var inner in value.EnumerateObject()) Add(key.Length == 0 ? inner.Name : $"{key}.{inner.Name}", inner.Value);
                    break;
                case JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().Any(static v => v.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                    var i = 0;
                    foreach (var item in value.EnumerateArray()) Add($"{key}[{i++}]", item);
                    break;
                default:
                    leaves.Add(new(key, Secrets.Mask(key, value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText()), swept.Contains(key) ? "sweep" : typed.Contains(key) ? "command line" : null));
                    break;
            }
        }
    }
}
