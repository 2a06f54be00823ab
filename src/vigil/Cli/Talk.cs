using Vigil.Journaling;

namespace Vigil.Cli;

/// <summary>Sentences that several commands say.</summary>
internal static class Talk
{
    public static int Damaged(CliContext context, ExperimentFolder folder, JournalDamage damage)
    {
        context.Talk.WriteLine($"error RUN030: {damage}");
        context.Talk.WriteLine($"    Nothing was changed. To see what would be lost by cutting it there: vigil doctor --recover {folder.Root}");
        return ExitCode.BadFolder;
    }

    public static int Unwritable(CliContext context, ExperimentFolder folder, string reason)
    {
        context.Talk.WriteLine($"error RUN031: {folder.Root} cannot be written: {reason}");
        context.Talk.WriteLine("    Nothing was started. Make room or get permission there, then type the same command again.");
        return ExitCode.BadFolder;
    }

    public static int Held(CliContext context, ExperimentFolder folder, Writer other)
    {
        context.Talk.WriteLine($"error RUN032: {folder.Root} is watched by another monitor: {other.Host}, pid {other.Pid}");
        if (ThisProcess.IsSuspended(other)) context.Talk.WriteLine($"    That process is suspended and does nothing: kill -CONT {other.Pid} wakes it. The 'vigil run' command takes over after a minute.");
        context.Talk.WriteLine($"    To see what it does: vigil status {folder.Root}, or type the 'vigil run' command again, which becomes a viewer.");
        return ExitCode.HeldElsewhere;
    }

    public static int NoScheduler(CliContext context, string reason)
    {
        context.Talk.WriteLine($"error RUN033: local jobs cannot run here: {reason}");
        return ExitCode.NoScheduler;
    }

    /// <summary>The last door: a refusal of the world that nobody expected there, or a bug. VIGIL_TRACE=1 lets a bug show itself whole.</summary>
    public static int Unexpected(CliContext context, Exception trouble)
    {
        if (trouble is IOException or UnauthorizedAccessException)
        {
            context.Talk.WriteLine($"error RUN034: {trouble.Message}");
            return ExitCode.BadFolder;
        }
        context.Talk.WriteLine($"error RUN099: this is a bug in vigil {ProgramVersion.Text}: {trouble.GetType().Name}: {trouble.Message}");
        context.Talk.WriteLine("    Jobs and journal are as they were. To see where it happened, for a report: VIGIL_TRACE=1 in front of the same command.");
        return ExitCode.Bug;
    }

    /// <summary>False also where nobody can answer; then it says how to.</summary>
    public static bool Ask(CliContext context, string question)
    {
        if (!context.CanAsk)
        {
            context.Talk.WriteLine($"{question} Nobody can answer here: add --yes. Nothing was changed.");
            return false;
        }
        context.Talk.Write($"{question} [y/N] ");
        context.Talk.Flush();
        var yes = Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
        if (!yes) context.Talk.WriteLine("Nothing was changed.");
        return yes;
    }
}
