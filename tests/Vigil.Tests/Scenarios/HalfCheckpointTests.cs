using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Tests.Monitor;

namespace Vigil.Tests.Scenarios;

/// <summary>Scenario 38: the trainer says that its checkpoint is saved, and the file system is still at it.</summary>
public sealed class HalfCheckpointTests : IDisposable
{
    private const string Rules = """
        rules:
            - name: cool
              when: {checkpoint: any}
              if: {file_exists: {path: '{checkpoint_path}/weights', stable_for: 30}}
              do: {start_run: ['project.name={checkpoint_iteration}']}
        """;

    private readonly LogPlace _place = new();
    private readonly ProbeRunner _probes = new(TimeProvider.System);

    public void Dispose()
    {
        _probes.Dispose();
        _place.Dispose();
    }

    [Fact, Trait("scenario", "38")]
    public void A_checkpoint_whose_file_still_grows_starts_nothing_until_it_has_stood_still()
    {
        var logs = _place.Open(Rules);
        var (folder, file) = (_place.Temp["a/checkpoints"], _place.Temp["a/checkpoints/weights"]);
        Directory.CreateDirectory(folder);
        File.WriteAllText(_place.Log, $"  successfully saved checkpoint from iteration     100 to {folder}\n");
        _place.Take(logs, 0);
        Look(1);    // nothing is there yet
        for (var second = 10; second <= 60; second += 10)
        {
            File.AppendAllText(file, "a shard ");
            Look(second);
        }
        Look(89);
        Assert.Empty(_place.State.Outbox);
        // Cut and written anew: it counts from there.
        File.WriteAllText(file, "other shards");
        Look(95);
        Look(124);
        Assert.Empty(_place.State.Outbox);
        Look(130);
        Assert.Equal(folder, Assert.IsType<Effect.StartRun>(Assert.Single(_place.State.Outbox).Value.Effect).Checkpoint);
    }

    /// <summary>One look at the gate, begun and answered at this time.</summary>
    private void Look(double second)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            foreach (var seen in _probes.Turn(_place.State, LogPlace.Noon.AddSeconds(second)).ToList())
            {
                _place.See(seen);
                return;
            }
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(60), "no answer");
            Thread.Yield();
        }
    }
}
