# One binary; cgo because SQLite is C. The image runs as a user without rights. The fonts write Chinese on pictures.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -o /pipewright ./bot

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates fonts-noto-cjk tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /data pipewright
COPY --from=build /pipewright /usr/local/bin/pipewright
USER pipewright
WORKDIR /data
VOLUME /data
ENV LISTEN_ADDR=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["pipewright"]
CMD ["run"]
