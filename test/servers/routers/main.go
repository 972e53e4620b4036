// routers KIND PORT answers the same two routes by a router of each kind: /users/{id}, and /api/items/{item} within another router
// where the kind has such.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
)

func main() {
	handler := map[string]func() http.Handler{
		"servemux": serveMux, "mux": gorilla, "chi": chiRouter, "gin": ginEngine, "echo": echoRouter,
	}[os.Args[1]]()
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], handler))
}

func answer(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) }

func serveMux() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /users/{id}", answer)
	m.HandleFunc("/api/items/{item}", answer)
	return m
}

func gorilla() http.Handler {
	m := mux.NewRouter()
	m.HandleFunc("/users/{id}", answer)
	m.PathPrefix("/api").Subrouter().HandleFunc("/items/{item}", answer)
	return m
}

func chiRouter() http.Handler {
	m := chi.NewRouter()
	m.Get("/users/{id}", answer)
	m.Route("/api", func(r chi.Router) { r.Get("/items/{item}", answer) })
	return m
}

func ginEngine() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	text := func(c *gin.Context) { c.String(http.StatusOK, "ok") }
	g.GET("/users/:id", text)
	g.Group("/api").GET("/items/:item", text)
	return g
}

func echoRouter() http.Handler {
	e := echo.New()
	text := func(c echo.Context) error { return c.String(http.StatusOK, "ok") }
	e.GET("/users/:id", text)
	e.Group("/api").GET("/items/:item", text)
	return e
}
