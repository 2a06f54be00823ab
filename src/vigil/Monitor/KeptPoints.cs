using Vigil.Logs;
using Vigil.Planning;

namespace Vigil.Monitor;

/// <summary>Where the metrics of one attempt's log are kept.</summary>
/// <param name="Store">Null: nobody keeps them.</param>
internal readonly record struct KeptPoints(MetricStore? Store, AttemptId Attempt)
{
    /// <summary>To be told of every reader of the log's progress, with the generation of the log that it reads.</summary>
    public void Follow(RunProgress progress, int generation) => Store?.Follow(Attempt, progress, generation);

    /// <summary>Up to where the metrics of a generation are kept.</summary>
    public long EndOf(int generation) => Store?.EndOf(Attempt, generation) ?? long.MaxValue;
}
