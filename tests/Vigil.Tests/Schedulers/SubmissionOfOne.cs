using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Schedulers;

namespace Vigil.Tests.Schedulers;

/// <summary>A single attempt as a scheduler takes it, and the answers as the tests read them.</summary>
internal static class SubmissionOfOne
{
    public static Submission Alone(this JobRequest request) =>
        new($"submit:{request.Attempt}", [request], [new AttemptStart(request.Attempt, null)], request.ScriptPath, request.Run.Id.Value, "/", null, null);

    public static JobId? Job(this SubmitOutcome outcome) => outcome is SubmitOutcome.Accepted accepted ? accepted.Jobs.Single() : null;
    public static EffectResult.Refused? Refusal(this SubmitOutcome outcome) => (outcome as SubmitOutcome.Refused)?.Answer;
    public static JobId? Job(this Found found) => found is Found.Jobs jobs ? jobs.Ids.Single() : null;
}
