using System.Text.Json;

namespace Vigil.Logs.Checkpoints;

/// <summary>Where a state folder of kohya's scripts stands: <c>train_state.json</c>, such as <c>{"current_epoch": 30, "current_step": 360}</c>.</summary>
public static class TrainState
{
    public const string FileName = "train_state.json";

    /// <summary>Null where the file does not say.</summary>
    public static (long? Step, long? Epoch) Read(ReadOnlySpan<byte> json)
    {
        long? step = null, epoch = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType is not JsonTokenType.PropertyName) continue;
                var (isStep, isEpoch) = (reader.ValueTextEquals("current_step"u8), reader.ValueTextEquals("current_epoch"u8));
                reader.Read();
                if (!(isStep || isEpoch) || reader.TokenType is not JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0) continue;
                if (isStep) step = number;
                else epoch = number;
            }
        }
        catch (JsonException) { return (null, null); }
        return (step, epoch);
    }
}
