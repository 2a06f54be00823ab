using System.Globalization;

namespace Vigil.Configuration.Functions;

/// <summary>The moment of the plan, and durations. All of a plan's times are of one moment.</summary>
internal static class TimeResolvers
{
    public static FunctionResult TimeString(PlainCall call) => Answers.Text(call, call.World.Now.UtcDateTime.ToString("yyyyMMdd_HHmmss_fff", CultureInfo.InvariantCulture));

    /// <summary>Without leading zeros, as Slurm reads it and the original writes it.</summary>
    public static FunctionResult SlurmTime(PlainCall call)
    {
        if (NumberResolvers.Int(call.Arguments[0]) is not { } seconds) return new FunctionResult.Refused($"oc.slurmtime takes seconds, not {Binder.Describe(call.Arguments[0])}");
        if (seconds.Sign < 0) return new FunctionResult.Refused("a time limit cannot be negative");
        return Answers.Text(call, string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400}-{seconds / 3600 % 24}:{seconds / 60 % 60}:{seconds % 60}"));
    }

    public static FunctionResult Now(PlainCall call)
    {
        var pattern = Answers.Shown(call.Arguments[0]);
        return TimePattern.Fill(pattern, call.World.Now, out var unknown) is { } text ? Answers.Text(call, text)
            : new FunctionResult.Refused($"now does not know '{unknown}'", unknown switch
            {
                "%f" => "the time that now formats knows no fractions of a second; oc.timestring has milliseconds",
                "%Z" => "the zone's name is not known here; %z is its distance from UTC",
                _ => "a percent sign itself is written %%",
            });
    }
}
