using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigil.Spec;

/// <summary>Enum values in JSON are <c>snake_case</c> words, as users write them.</summary>
public sealed class SnakeCaseJson<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
