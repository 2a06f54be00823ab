// The numbers of the journal, for bench/run: one line a measure, fields between tabs. Each start-up is measured in a process of its own.
using Vigil.Bench;

switch (args)
{
    case ["journal", var scratch]:
        await Restart.MeasureAsync(Path.Combine(scratch, "million"), decisions: 1_000_000, SnapshotAtTheEnd.Written, "restart after 1,000,000 entries, with snapshot", "reach: <= 2 s");
        return 0;
    case ["replay", var scratch]:
        await Restart.MeasureAsync(Path.Combine(scratch, "replay"), decisions: 20_000, SnapshotAtTheEnd.None, "replay of 20,000 decisions, no snapshot", "reach: <= 300 ms");
        return 0;
    case ["fsyncs", var scratch]:
        await Turns.MeasureAsync(Path.Combine(scratch, "turns"), CancellationToken.None);
        return 0;
    case ["open", var folder]:
        return await Restart.OpenAsync(folder);
    case ["read", var folder]:
        return Restart.ReadOnly(folder);
    default:
        Console.Error.WriteLine("usage: Vigil.Bench journal|replay|fsyncs SCRATCH   (bench/run calls it)");
        return 2;
}
