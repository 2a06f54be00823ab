namespace FakeSlurm;

/// <summary>What a command said, and for how long its caller waited for it on the cluster's clock.</summary>
public sealed record Answer(int ExitCode, string Output, string Errors)
{
    /// <summary>How long the command took; nothing unless a fault made it wait.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Nothing to say, all well.</summary>
    public static Answer Quiet { get; } = new(0, "", "");

    public static Answer Said(string output) => new(0, output, "");

    public static Answer Refused(int exitCode, string errors) => new(exitCode, "", errors);

    public void Deconstruct(out int exitCode, out string output, out string errors) => (exitCode, output, errors) = (ExitCode, Output, Errors);
}
