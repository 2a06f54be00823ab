using System.Globalization;

namespace Vigil.Reports;

/// <summary>What a sampler of <c>nvidia-smi</c> saw of a run's GPUs, over all its samples.</summary>
/// <param name="Samples">Rows with at least one number.</param>
/// <param name="MeanUtilization">Per cent; null, as everywhere here: the samples do not say, such as <c>[N/A]</c> of a part of a GPU.</param>
/// <param name="MeanMemory">GiB.</param>
/// <param name="MeanPower">Watts.</param>
/// <param name="PeakTemperature">Degrees Celsius.</param>
public sealed record GpuUse(
    int Samples, double? MeanUtilization, double? LeastUtilization, double? PeakUtilization, double? MeanMemory, double? PeakMemory, double? TotalMemory, double? MeanPower, double? PeakTemperature)
{
    private const double MebibytesPerGibibyte = 1024;

    /// <summary>Reads <c>gpu_metrics.csv</c>. Columns are known by their header, values may carry units, and a torn or strange row says nothing.</summary>
    /// <returns>Null: it is no such file, or has no sample yet.</returns>
    public static GpuUse? Read(IEnumerable<string> lines)
    {
        Column[]? columns = null;
        var samples = 0;
        foreach (var line in lines)
        {
            var cells = line.Split(',');
            if (columns is null)
            {
                columns = [.. cells.Select(static c => new Column(c.Trim()))];
                if (Array.FindIndex(columns, static c => c.Is("utilization.gpu")) < 0) return null;
            }
            // The sampler may be writing its last row.
            else if (cells.Length == columns.Length && Add(columns, cells)) samples++;
        }
        return columns is null || samples == 0 ? null : Of(columns, samples);
    }

    /// <summary>Whether any of the row's cells is a number.</summary>
    private static bool Add(Column[] columns, string[] cells)
    {
        var taken = false;
        for (var i = 0; i < cells.Length; i++) taken |= columns[i].Add(cells[i]);
        return taken;
    }

    private static GpuUse Of(Column[] columns, int samples)
    {
        Column? Named(string name) => columns.FirstOrDefault(c => c.Is(name));
        var (use, memory, total) = (Named("utilization.gpu"), Named("memory.used"), Named("memory.total"));
        return new(samples, use?.Mean, use?.Least, use?.Most, memory?.Mean / MebibytesPerGibibyte, memory?.Most / MebibytesPerGibibyte, total?.Most / MebibytesPerGibibyte, Named("power.draw")?.Mean, Named("temperature.gpu")?.Most);
    }

    /// <param name="header">With the unit in brackets: <c>memory.used [MiB]</c>.</param>
    private sealed class Column(string header)
    {
        private double _sum, _least = double.MaxValue, _most = double.MinValue;
        private int _count;

        public double? Mean => _count == 0 ? null : _sum / _count;
        public double? Least => _count == 0 ? null : _least;
        public double? Most => _count == 0 ? null : _most;

        public bool Is(string name) => header == name || header.StartsWith($"{name} ", StringComparison.Ordinal);

        public bool Add(string cell)
        {
            var text = cell.AsSpan().Trim();
            if (text.IndexOf(' ') is > 0 and var unit) text = text[..unit];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || header == "timestamp") return false;
            (_sum, _least, _most, _count) = (_sum + value, Math.Min(_least, value), Math.Max(_most, value), _count + 1);
            return true;
        }
    }
}
