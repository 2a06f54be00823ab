namespace Vigil.Evaluations;

/// <summary>
/// Reads the header of a log: what stands at the top of a JSON log, in <c>header.json</c>, and, but for what came of it, in
/// <c>_journal/start.json</c>. The samples of a JSON log come last and are not read.
/// </summary>
internal static class EvalHeader
{
    /// <summary>The version of inspect's format that is read here.</summary>
    public const long Version = 2;

    /// <summary>What was gathered from the top of a document.</summary>
    private struct Top()
    {
        public EvalLog? Eval;
        public EvalResults Results = new(null, null, []);
        public EvalStats Stats = new(null, null, []);
        public long? Version;
        public string? Status, Error;
        public EvalValidity Validity;
        public HeaderEnd End;
    }

    private enum HeaderEnd
    {
        OfDocument,
        AtSamples,
        AtStranger,
    }

    /// <param name="assumed">The status of a document that has none; null: it must have one.</param>
    /// <param name="stoppedEarly">Whether samples follow, of which nothing is known.</param>
    public static EvalReading Read(NextBytes source, EvalStatus? assumed, out bool stoppedEarly)
    {
        var json = new JsonWalk(source);
        var top = new Top();
        if (json.IsObject()) ReadTop(ref json, ref top, assumed);
        else top.End = HeaderEnd.AtStranger;
        stoppedEarly = top.End is HeaderEnd.AtSamples;
        if (top.End is HeaderEnd.OfDocument && !json.IsAtEnd()) return Refused(Broken(json.Fault, top));
        if (top.Version is not null and not Version) return Refused(new EvalTrouble.NotALog($"is version {top.Version} of inspect's format, and Vigil reads version {Version}"));
        if (top.Version is null || top.Eval is not { } log || (Status(top) ?? assumed) is not { } status) return Refused(NoLog);
        return new EvalReading.Read(log with
        {
            Status = status,
            Scores = top.Results.Scores,
            TotalSamples = top.Results.Total,
            CompletedSamples = top.Results.Completed,
            Usage = top.Stats.Usage,
            StartedAt = top.Stats.StartedAt,
            CompletedAt = top.Stats.CompletedAt,
            Validity = top.Validity,
        });
    }

    private static EvalTrouble NoLog { get; } = new EvalTrouble.NotALog("is no log of inspect's");

    private static EvalReading.Refused Refused(EvalTrouble trouble) => new(trouble);

    /// <summary>What began as inspect's logs begin was one; any other broken file is none of ours.</summary>
    private static EvalTrouble Broken(JsonFault fault, in Top top)
    {
        if (top is { Version: null } or { Status: null, Eval: null }) return NoLog;
        return fault is JsonFault.Cut ? new EvalTrouble.Cut("is cut: its header ends too early") : new EvalTrouble.Damaged("is damaged: its header is no JSON");
    }

    private static void ReadTop(ref JsonWalk json, ref Top top, EvalStatus? assumed)
    {
        json.EnterObject();
        while (json.NextName() is { } name)
            switch (name)
            {
                case "version": top.Version = json.Count(); break;
                case "status": top.Status = json.Text(); break;
                case "eval": top.Eval = EvalSpecReader.Read(ref json); break;
                case "results": top.Results = EvalResultsReader.Read(ref json); break;
                case "stats": top.Stats = EvalStats.Read(ref json); break;
                case "error": top.Error = Message(ref json); break;
                case "invalidated":
                    if (json.IsTrue()) top.Validity = EvalValidity.Invalidated;
                    json.Skip();
                    break;
                case "samples" when top is { Version: not null, Eval: not null } && (top.Status is not null || assumed is not null):
                    top.End = HeaderEnd.AtSamples;
                    return;
                // Some other program's file may be large: it is not read to its end to find that out.
                case not "plan" when top.Version is null:
                    top.End = HeaderEnd.AtStranger;
                    return;
                default: json.Skip(); break;
            }
    }

    private static string? Message(ref JsonWalk json)
    {
        string? message = null;
        if (json.EnterObject())
            while (json.NextName() is { } name)
                if (name == "message") message = json.Text();
                else json.Skip();
        return message;
    }

    private static EvalStatus? Status(in Top top) => top.Status switch
    {
        null => null,
        "started" => new EvalStatus.Started(),
        "success" => new EvalStatus.Success(),
        "cancelled" => new EvalStatus.Cancelled(),
        "error" => new EvalStatus.Failed(top.Error),
        var word => new EvalStatus.Other(word),
    };
}
