using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Monitoring;

/// <summary>One thing to tell people: what a rule saw of a run, safe to show anywhere.</summary>
/// <param name="EventId">The firing with its action. A message that goes out twice, since a crash came between, has it twice: repeats are known by it.</param>
/// <param name="Message">What the action says.</param>
/// <param name="Excerpt">The last lines of the log, oldest first; empty: there are none.</param>
public sealed record NotifyItem(string EventId, string Run, string Rule, string Message, string Evidence, ImmutableArray<string> Excerpt, DateTimeOffset At)
{
    /// <summary>What an effect tells.</summary>
    /// <param name="lines">The end of the log as it is; it is cut and cleaned here.</param>
    public static NotifyItem Of(ExperimentState state, Effect.Notify effect, DateTimeOffset now, IEnumerable<string> lines)
    {
        // A firing that is not known any more was settled: its effect is a leftover, and is told all the same.
        var (firing, secrets) = (state.Firings.GetValueOrDefault(effect.Firing), state.SecretsOf(effect.Run));
        return new(
            string.Create(CultureInfo.InvariantCulture, $"{effect.Firing}#{effect.Action}"), effect.Run.Value, firing?.Rule ?? "",
            SafeText.Line(effect.Message, secrets), SafeText.Line(firing?.Evidence.Text ?? "", secrets), SafeText.Excerpt(lines, secrets), firing?.At ?? now);
    }
}
