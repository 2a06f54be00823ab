using System.Collections.Immutable;

namespace Vigil.Spec;

/// <summary>The keys of <c>monitoring</c>. Others are welcome: its files come from other tools as well.</summary>
internal static class MonitoringKeys
{
    public static ImmutableArray<string> All { get; } =
    [
        "log_events", "state_events", "rules", "dry_run", "notify", "inactivity_threshold_seconds", "no_progress_threshold_seconds", "termination_string", "termination_command",
        "start_conditions", "start_condition", "start_condition_cmd", "start_condition_interval_seconds", "cancel_conditions", "cancel_condition",
    ];
}
