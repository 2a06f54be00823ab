using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>Matches as JSON, one a line.</summary>
internal sealed class RulesJson(CliContext context) : IRulesOutput
{
    private const int Enough = 64 << 10;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private Utf8JsonWriter? _json;

    public bool CountsLines => false;

    public void Take(TriedMatch match, long line)
    {
        _json ??= new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.Reset();
        Write(_json, match);
        _json.Flush();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= Enough) Send();
    }

    public void End(RuleTrial trial)
    {
        Send();
        RulesReport.TellNotJudged(context, trial);
    }

    public void Dispose() => _json?.Dispose();

    private void Send()
    {
        context.Out.Flush();
        context.OutBytes.Write(_buffer.WrittenSpan);
        context.OutBytes.Flush();
        _buffer.ResetWrittenCount();
    }

    private static void Write(Utf8JsonWriter json, TriedMatch match)
    {
        json.WriteStartObject();
        json.WriteString("rule"u8, match.Rule.Name);
        json.WriteNumber("offset"u8, match.Offset);
        json.WriteString("line"u8, match.Line);
        json.WriteStartObject("fields"u8);
        foreach (var (field, value) in match.Fields) json.WriteString(field, value);
        json.WriteEndObject();
        json.WriteString("says"u8, match.Rule.Says?.Text);
        json.WriteStartArray("actions"u8);
        foreach (var action in match.Actions) Write(json, action);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TriedAction action)
    {
        json.WriteStartObject();
        json.WriteString("action"u8, action.Word);
        json.WriteString("mode"u8, action.Mode switch { BindingMode.Ask => "ask", BindingMode.Queue => "queue", BindingMode.DryRun => "dry_run", _ => "inline" });
        json.WriteString("text"u8, action.Text);
        json.WriteStartArray("gates"u8);
        foreach (var gate in action.Gates)
        {
            json.WriteStartObject();
            json.WriteString("condition"u8, gate.Condition);
            json.WriteString("verdict"u8, RulesWords.Of(gate.Verdict));
            json.WriteString("why"u8, gate.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("outcome"u8, RulesWords.Of(action.Outcome));
        json.WriteString("why"u8, action.Why);
        json.WriteEndObject();
    }
}

/// <summary>The words for verdicts and outcomes, in JSON and for people.</summary>
internal static class RulesWords
{
    public static string Of(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Passes => "passes",
        GateVerdict.Fails => "fails",
        GateVerdict.Waits => "waits",
        GateVerdict.Look => "would_look",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static string Of(TriedOutcome outcome) => outcome switch
    {
        TriedOutcome.WouldAct => "would_act",
        TriedOutcome.WouldAsk => "would_ask",
        TriedOutcome.WouldLook => "would_look",
        TriedOutcome.WouldWait => "would_wait",
        TriedOutcome.GateFails => "gate_fails",
        TriedOutcome.Superseded => "superseded",
        TriedOutcome.Limited => "limited",
        TriedOutcome.Echo => "echo",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A text inside of a sentence.</summary>
    public static string Short(string text) => text.Length <= 100 ? text : $"{text[..100]}…";

    public static string Sentence(TriedOutcome outcome) => outcome switch
    {
        TriedOutcome.WouldAct => "would act",
        TriedOutcome.WouldAsk => "would ask a person",
        TriedOutcome.WouldLook => "would look, and act when it is so",
        TriedOutcome.WouldWait => "would wait, and act later",
        TriedOutcome.GateFails => "would not act",
        TriedOutcome.Superseded => "superseded",
        TriedOutcome.Limited => "at its limit",
        TriedOutcome.Echo => "would not act: an echo",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
