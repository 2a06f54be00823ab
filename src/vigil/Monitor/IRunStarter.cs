using Vigil.Monitoring;

namespace Vigil.Monitor;

/// <summary>Plans runs while an experiment runs: the command line's way from words to a plan, or in tests one that needs no files.</summary>
internal interface IRunStarter
{
    /// <summary><see cref="EffectResult.Planned"/> with frozen configurations, or a refusal. Nothing is submitted.</summary>
    EffectResult Start(ExperimentState state, Effect.StartRun ask);
}
