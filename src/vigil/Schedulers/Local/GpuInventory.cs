using System.Collections.Immutable;
using System.Globalization;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>One GPU by the index that <c>nvidia-smi</c> gives it (order of the PCI bus) and its UUID.</summary>
internal readonly record struct Gpu(int Index, string Uuid);

/// <summary>The GPUs of this machine and which of them somebody works on.</summary>
/// <param name="visible">The caller's own <c>CUDA_VISIBLE_DEVICES</c>: hands out no others. Null: all.</param>
internal sealed class GpuInventory(ProcessRunner runner, TimeProvider time, string? visible, string program = "nvidia-smi")
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20), BusyIsFreshFor = TimeSpan.FromSeconds(5);
    private ImmutableArray<Gpu>? _all;
    private (ImmutableHashSet<string> Uuids, long At)? _busy;

    /// <summary>Why no GPU was found; null when some were.</summary>
    public string? WhyNone { get; private set; }

    public async ValueTask<ImmutableArray<Gpu>> AllAsync(CancellationToken stop)
    {
        if (_all is { } known) return known;
        var answer = await runner.RunAsync([program, "--query-gpu=index,uuid", "--format=csv,noheader"], Limit, stop);
        var found = answer.Succeeded ? Parse(answer.Output) : [];
        if (visible is not null)
        {
            var allowed = visible.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            found = [.. found.Where(g => allowed.Contains(g.Index.ToString(CultureInfo.InvariantCulture)) || allowed.Contains(g.Uuid))];
        }
        WhyNone = !found.IsEmpty ? null
            : visible is not null && answer.Succeeded ? $"CUDA_VISIBLE_DEVICES='{visible}' leaves none"
            : answer.Succeeded ? $"{program} lists none"
            : answer.ExitCode is { } code ? $"{program} exited {code}: {(answer.Errors.Length > 0 ? answer.Errors : answer.Output).Trim()}"
            : answer.Errors;
        _all = found;
        return found;
    }

    /// <summary>Those on which no process computes. Ours count as well: a slot that we hold is not asked for.</summary>
    public async ValueTask<ImmutableArray<int>> IdleAsync(CancellationToken stop)
    {
        var all = await AllAsync(stop);
        if (_busy is not { } busy || time.GetElapsedTime(busy.At) > BusyIsFreshFor)
        {
            var answer = await runner.RunAsync([program, "--query-compute-apps=gpu_uuid,pid", "--format=csv,noheader"], Limit, stop);
            // No answer is no proof that a GPU is idle.
            var uuids = answer.Succeeded ? answer.Output.Split('\n').Select(static l => l.Split(',')[0].Trim()).Where(static u => u.Length > 0) : all.Select(static g => g.Uuid);
            _busy = busy = (uuids.ToImmutableHashSet(StringComparer.Ordinal), time.GetTimestamp());
        }
        return [.. all.Where(g => !busy.Uuids.Contains(g.Uuid)).Select(static g => g.Index)];
    }

    /// <summary>Call when a job of ours has left a GPU: the last look shows it busy.</summary>
    public void LookAgain() => _busy = null;

    private static ImmutableArray<Gpu> Parse(string output) =>
        [.. from line in output.Split('\n')
            let cells = line.Split(',', StringSplitOptions.TrimEntries)
            where cells.Length >= 2 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            select new Gpu(int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1])];
}
